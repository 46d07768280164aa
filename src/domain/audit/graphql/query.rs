//! Queries of the audit log.

use async_graphql::{Context, Object};

use super::{
    load,
    types::{AuditEntry, AuditFilter},
};
use crate::{
    app::Cx,
    domain::{audit::repo, organisation::graphql::load::municipality_argument},
    graphql::{
        connection::{Connection, Paging, connection, rows_of},
        context::{reading, root_page},
        error::{Answer, ApiError},
        node::{argument_id_at, known_id},
        search::search_text,
        selection::Selection,
    },
    kernel::refusal::Failure,
};

/// Queries of the audit log.
#[derive(Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// The audit log as far as it is open to you, the newest entry first; null where you may not read it at all. A change that touches
    /// several municipalities has an entry for each. Source: GDPR art. 5.2.
    async fn audit_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which entries; null: all.")] filter: Option<AuditFilter>,
        #[graphql(desc = "How many, 1 to 100; null: 25.")] first: Option<i32>,
        #[graphql(desc = "The cursor to continue after; null: from the newest.")] after: Option<String>,
    ) -> Answer<Connection<AuditEntry>> {
        let answer = async {
            let page = root_page::<AuditEntry>(ctx, &Paging { first, after, ..Paging::default() }, None, &format!("{filter:?}"))?;
            let cx = reading(ctx, Some(page.as_of.into())).await?;
            let filter = read_filter(&cx, filter.unwrap_or_default()).await?;
            if cx.scope.audit().is_empty() {
                return Ok(None);
            }
            let found = repo::entries_page(&cx, &filter, &page.call.page).await.map_err(Failure::from)?;
            let rows = rows_of::<AuditEntry>(&Selection::of(ctx));
            connection(&page.call, cx.as_of, found, |found| load::entries(&cx, found, rows)).await.map(Some)
        };
        answer.await.into()
    }
}

async fn read_filter(cx: &Cx, filter: AuditFilter) -> Result<repo::AuditFilter, ApiError> {
    let AuditFilter { municipality, controller_id, record_id, action, actor_id, from, to } = filter;
    let at = |field: &str| vec!["filter".to_owned(), field.to_owned()];
    let municipality = match municipality {
        Some(slug) => Some(municipality_argument(cx, &slug, at("municipality")).await?.id),
        None => None,
    };
    Ok(repo::AuditFilter {
        municipality,
        controller: controller_id.map(|id| argument_id_at(&id, at("controllerId"))).transpose()?,
        record: record_id.map(|id| known_id(&id, at("recordId"))).transpose()?,
        action: search_text(action, at("action"))?,
        actor: actor_id.map(|id| argument_id_at(&id, at("actorId"))).transpose()?,
        from: from.map(|date| date.0),
        to: to.map(|date| date.0),
    })
}
