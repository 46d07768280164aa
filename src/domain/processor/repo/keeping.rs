//! Contents, instructions, assurances, notices, contacts and suspensions in the database.

use chrono::{DateTime, Utc};
use entity::{agreement_contact, agreement_content, agreement_notice, agreement_suspension, assurance, instruction};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Select,
    sea_query::Expr,
};

use super::{Pages, turned};
use crate::{
    app::Cx,
    authz::WriteScope,
    db::{
        Tx,
        page::{self, Sorting},
        row,
        write::{insert, update, withdraw},
    },
    domain::{
        processor::model::{Assurance, Contact, ContentAnswer, Instruction, Notice, Suspension},
        visibility::repo::agreement_is_open,
    },
    kernel::{
        code::Code,
        country::CountryCode,
        id::{Id, keys},
        ids::Ids,
        kinds::{AgreementId, AgreementPartyId, AssuranceId, ContactId, InstructionId, NoticeId, SuspensionId},
        page::Page,
        period::Period,
    },
};

// ── contents ─────────────────────────────────────────────────────────────────────────────────────

/// What agreements say of the things that they have to say, and said before.
pub async fn contents(tx: &Tx, of: &[AgreementId]) -> Result<Vec<ContentAnswer>, DbErr> {
    let select = agreement_content::Entity::find().filter(agreement_content::Column::AgreementId.is_in(keys(of)));
    let rows = select.order_by_asc(agreement_content::Column::Id).all(tx).await?;
    let answer = |row: agreement_content::Model| {
        Ok(ContentAnswer {
            agreement: AgreementId::new(row.agreement_id),
            item: row::code(&row.item)?,
            answer: row::code(&row.answer)?,
            note: row.note,
            answered_on: row.answered_on,
        })
    };
    rows.into_iter().map(answer).collect()
}

/// Stores answers, each in the place of those of its day and later about the same thing.
pub async fn put_contents(tx: &Tx, scope: &WriteScope, ids: &Ids, now: DateTime<Utc>, answers: &[ContentAnswer]) -> Result<(), DbErr> {
    use agreement_content::Column;
    for answer in answers {
        let replaced = agreement_content::Entity::delete_many()
            .filter(Column::AgreementId.eq(answer.agreement.key()))
            .filter(Column::Item.eq(answer.item.code()))
            .filter(Column::AnsweredOn.gte(answer.answered_on));
        replaced.exec(tx).await?;
    }
    insert_contents(tx, scope, ids, now, answers).await
}

/// Stores answers about what nothing is answered yet.
pub async fn insert_contents(tx: &Tx, _: &WriteScope, ids: &Ids, now: DateTime<Utc>, answers: &[ContentAnswer]) -> Result<(), DbErr> {
    let row = |answer: &ContentAnswer| agreement_content::ActiveModel {
        id: Set(ids.uuid(now)),
        agreement_id: Set(answer.agreement.key()),
        item: Set(answer.item.code().to_owned()),
        answer: Set(answer.answer.code().to_owned()),
        note: Set(answer.note.clone()),
        answered_on: Set(answer.answered_on),
    };
    insert(tx, answers.iter().map(row).collect()).await
}

// ── instructions ─────────────────────────────────────────────────────────────────────────────────

/// All instructions under agreements, by number.
pub async fn instructions(tx: &Tx, of: &[AgreementId]) -> Result<Vec<Instruction>, DbErr> {
    let rows = there_instructions().filter(instruction::Column::AgreementId.is_in(keys(of)));
    rows.order_by_asc(instruction::Column::Number).all(tx).await?.into_iter().map(instruction).collect()
}

/// The instructions with these ids, under agreements that the scope opens.
pub async fn instructions_by_id(cx: &Cx, ids: &[InstructionId]) -> Result<Vec<Instruction>, DbErr> {
    use instruction::Column;
    let select =
        there_instructions().filter(Column::Id.is_in(keys(ids))).filter(agreement_is_open(&cx.scope, Column::AgreementId, cx.today));
    select.all(&cx.tx).await?.into_iter().map(instruction).collect()
}

/// The instructions under each agreement that the scope opens, which hold or held on `as_of`, the newest first.
pub async fn instruction_pages(cx: &Cx, of: &[AgreementId], asked: &Page) -> Result<Pages<Instruction>, DbErr> {
    use instruction::Column;
    let select = there_instructions()
        .filter(Column::AgreementId.is_in(keys(of)))
        .filter(Column::IssuedOn.lte(cx.as_of))
        .filter(agreement_is_open(&cx.scope, Column::AgreementId, cx.today));
    let parent = Expr::col(Column::AgreementId.as_column_ref());
    turned(page::pages(&cx.tx, select, parent, Sorting { by: None, id: Column::Id, descending: true }, asked).await?, instruction)
}

fn there_instructions() -> Select<instruction::Entity> {
    instruction::Entity::find().filter(instruction::Column::WithdrawnAt.is_null())
}

/// How many instructions an agreement has ever had, withdrawn ones included: their numbers are not given again.
pub async fn last_instruction_number(tx: &Tx, _: &WriteScope, of: AgreementId) -> Result<i32, DbErr> {
    let select = instruction::Entity::find().filter(instruction::Column::AgreementId.eq(of.key()));
    Ok(select.order_by_desc(instruction::Column::Number).one(tx).await?.map_or(0, |row| row.number))
}

/// Stores new instructions.
pub async fn insert_instructions(tx: &Tx, _: &WriteScope, new: &[Instruction]) -> Result<(), DbErr> {
    insert(tx, new.iter().map(instruction_row).collect()).await
}

/// Stores a changed instruction; false where somebody was faster.
pub async fn update_instruction(tx: &Tx, _: &WriteScope, changed: &Instruction) -> Result<bool, DbErr> {
    use instruction::Column;
    update(tx, instruction_row(changed), (Column::Id, changed.id.key()), (Column::Version, changed.version)).await
}

/// Withdraws an instruction; false where somebody was faster.
pub async fn withdraw_instruction(tx: &Tx, _: &WriteScope, now: DateTime<Utc>, mistake: &Instruction) -> Result<bool, DbErr> {
    use instruction::{Column, Entity};
    withdraw::<Entity>(tx, (Column::WithdrawnAt, now), (Column::Id, mistake.id.key()), (Column::Version, mistake.version)).await
}

fn instruction(row: instruction::Model) -> Result<Instruction, DbErr> {
    Ok(Instruction {
        id: InstructionId::new(row.id),
        agreement: AgreementId::new(row.agreement_id),
        number: row.number,
        issued_on: row.issued_on,
        valid_from: row.valid_from,
        data_categories: row::codes(row.data_categories, row::code)?,
        sensitive_categories: row::codes(row.sensitive_categories, row::code)?,
        data_subjects: row::codes(row.data_subjects, row::code)?,
        processing_countries: row::codes(row.processing_countries, row::country)?,
        security_measures: row.security_measures,
        retention: row.retention,
        text: row.text,
        cost_answer: row.cost_answer.zip(row.cost_answered_on),
        version: row.version,
    })
}

fn instruction_row(model: &Instruction) -> instruction::ActiveModel {
    instruction::ActiveModel {
        id: Set(model.id.key()),
        agreement_id: Set(model.agreement.key()),
        number: Set(model.number),
        issued_on: Set(model.issued_on),
        valid_from: Set(model.valid_from),
        data_categories: Set(codes(&model.data_categories)),
        sensitive_categories: Set(codes(&model.sensitive_categories)),
        data_subjects: Set(codes(&model.data_subjects)),
        processing_countries: Set(countries(&model.processing_countries)),
        security_measures: Set(model.security_measures.clone()),
        retention: Set(model.retention.clone()),
        text: Set(model.text.clone()),
        cost_answer: Set(model.cost_answer.as_ref().map(|(answer, _)| answer.clone())),
        cost_answered_on: Set(model.cost_answer.as_ref().map(|(_, on)| *on)),
        version: Set(model.version),
        withdrawn_at: NotSet,
    }
}

/// A list of codes as it is stored.
pub(super) fn codes<C: Code>(list: &[C]) -> serde_json::Value {
    list.iter().map(|code| code.code()).collect::<Vec<_>>().into()
}

/// A list of countries as it is stored.
pub(super) fn countries(list: &[CountryCode]) -> serde_json::Value {
    list.iter().map(CountryCode::as_str).collect::<Vec<_>>().into()
}

// ── assurances ───────────────────────────────────────────────────────────────────────────────────

/// All assurances under agreements, by day.
pub async fn assurances(tx: &Tx, of: &[AgreementId]) -> Result<Vec<Assurance>, DbErr> {
    use assurance::Column;
    let rows = there_assurances().filter(Column::AgreementId.is_in(keys(of))).order_by_asc(Column::AssuredOn).order_by_asc(Column::Id);
    rows.all(tx).await?.into_iter().map(assurance).collect()
}

/// The assurances with these ids, under agreements that the scope opens.
pub async fn assurances_by_id(cx: &Cx, ids: &[AssuranceId]) -> Result<Vec<Assurance>, DbErr> {
    use assurance::Column;
    let select = there_assurances().filter(Column::Id.is_in(keys(ids))).filter(agreement_is_open(&cx.scope, Column::AgreementId, cx.today));
    select.all(&cx.tx).await?.into_iter().map(assurance).collect()
}

/// The assurances under each agreement that the scope opens, of `as_of` and before, the last recorded first.
pub async fn assurance_pages(cx: &Cx, of: &[AgreementId], asked: &Page) -> Result<Pages<Assurance>, DbErr> {
    use assurance::Column;
    let select = there_assurances()
        .filter(Column::AgreementId.is_in(keys(of)))
        .filter(Column::AssuredOn.lte(cx.as_of))
        .filter(agreement_is_open(&cx.scope, Column::AgreementId, cx.today));
    let parent = Expr::col(Column::AgreementId.as_column_ref());
    turned(page::pages(&cx.tx, select, parent, Sorting { by: None, id: Column::Id, descending: true }, asked).await?, assurance)
}

fn there_assurances() -> Select<assurance::Entity> {
    assurance::Entity::find().filter(assurance::Column::WithdrawnAt.is_null())
}

/// Stores new assurances.
pub async fn insert_assurances(tx: &Tx, _: &WriteScope, new: &[Assurance]) -> Result<(), DbErr> {
    insert(tx, new.iter().map(assurance_row).collect()).await
}

/// Withdraws an assurance; false where somebody was faster.
pub async fn withdraw_assurance(tx: &Tx, _: &WriteScope, now: DateTime<Utc>, mistake: &Assurance) -> Result<bool, DbErr> {
    use assurance::{Column, Entity};
    withdraw::<Entity>(tx, (Column::WithdrawnAt, now), (Column::Id, mistake.id.key()), (Column::Version, mistake.version)).await
}

fn assurance(row: assurance::Model) -> Result<Assurance, DbErr> {
    Ok(Assurance {
        id: AssuranceId::new(row.id),
        agreement: AgreementId::new(row.agreement_id),
        kind: row::code(&row.kind)?,
        on: row.assured_on,
        met: row.met,
        auditor: row.auditor,
        competitor: row.competitor,
        secrecy_undertaken: row.secrecy_undertaken,
        note: row.note,
        document_url: row.document_url,
        version: row.version,
    })
}

fn assurance_row(model: &Assurance) -> assurance::ActiveModel {
    assurance::ActiveModel {
        id: Set(model.id.key()),
        agreement_id: Set(model.agreement.key()),
        kind: Set(model.kind.code().to_owned()),
        assured_on: Set(model.on),
        met: Set(model.met),
        auditor: Set(model.auditor.clone()),
        competitor: Set(model.competitor),
        secrecy_undertaken: Set(model.secrecy_undertaken),
        note: Set(model.note.clone()),
        document_url: Set(model.document_url.clone()),
        version: Set(model.version),
        withdrawn_at: NotSet,
    }
}

// ── notices ──────────────────────────────────────────────────────────────────────────────────────

/// All notices under agreements, by day.
pub async fn notices(tx: &Tx, of: &[AgreementId]) -> Result<Vec<Notice>, DbErr> {
    use agreement_notice::Column;
    let rows = there_notices().filter(Column::AgreementId.is_in(keys(of))).order_by_asc(Column::SentOn).order_by_asc(Column::Id);
    rows.all(tx).await?.into_iter().map(notice).collect()
}

/// The notices with these ids, under agreements that the scope opens.
pub async fn notices_by_id(cx: &Cx, ids: &[NoticeId]) -> Result<Vec<Notice>, DbErr> {
    use agreement_notice::Column;
    let select = there_notices().filter(Column::Id.is_in(keys(ids))).filter(agreement_is_open(&cx.scope, Column::AgreementId, cx.today));
    select.all(&cx.tx).await?.into_iter().map(notice).collect()
}

/// The notices under each agreement that the scope opens, of `as_of` and before, the last recorded first.
pub async fn notice_pages(cx: &Cx, of: &[AgreementId], asked: &Page) -> Result<Pages<Notice>, DbErr> {
    use agreement_notice::Column;
    let select = there_notices()
        .filter(Column::AgreementId.is_in(keys(of)))
        .filter(Column::SentOn.lte(cx.as_of))
        .filter(agreement_is_open(&cx.scope, Column::AgreementId, cx.today));
    let parent = Expr::col(Column::AgreementId.as_column_ref());
    turned(page::pages(&cx.tx, select, parent, Sorting { by: None, id: Column::Id, descending: true }, asked).await?, notice)
}

fn there_notices() -> Select<agreement_notice::Entity> {
    agreement_notice::Entity::find().filter(agreement_notice::Column::WithdrawnAt.is_null())
}

/// Stores new notices.
pub async fn insert_notices(tx: &Tx, _: &WriteScope, new: &[Notice]) -> Result<(), DbErr> {
    insert(tx, new.iter().map(notice_row).collect()).await
}

/// Stores a changed notice; false where somebody was faster.
pub async fn update_notice(tx: &Tx, _: &WriteScope, changed: &Notice) -> Result<bool, DbErr> {
    use agreement_notice::Column;
    update(tx, notice_row(changed), (Column::Id, changed.id.key()), (Column::Version, changed.version)).await
}

/// Withdraws a notice; false where somebody was faster.
pub async fn withdraw_notice(tx: &Tx, _: &WriteScope, now: DateTime<Utc>, mistake: &Notice) -> Result<bool, DbErr> {
    use agreement_notice::{Column, Entity};
    withdraw::<Entity>(tx, (Column::WithdrawnAt, now), (Column::Id, mistake.id.key()), (Column::Version, mistake.version)).await
}

fn notice(row: agreement_notice::Model) -> Result<Notice, DbErr> {
    Ok(Notice {
        id: NoticeId::new(row.id),
        agreement: AgreementId::new(row.agreement_id),
        party: row.agreement_party_id.map(AgreementPartyId::new),
        kind: row::code(&row.kind)?,
        direction: row::code(&row.direction)?,
        contact: row::code(&row.contact)?,
        sent_on: row.sent_on,
        received_on: row.received_on,
        answered_on: row.answered_on,
        event_on: row.event_on,
        missing_parts: row::codes(row.missing_parts, row::code)?,
        consent_scope: row.consent_scope,
        required_by_law: row.required_by_law,
        text: row.text,
        document_url: row.document_url,
        version: row.version,
    })
}

fn notice_row(model: &Notice) -> agreement_notice::ActiveModel {
    agreement_notice::ActiveModel {
        id: Set(model.id.key()),
        agreement_id: Set(model.agreement.key()),
        agreement_party_id: Set(model.party.map(Id::key)),
        kind: Set(model.kind.code().to_owned()),
        direction: Set(model.direction.code().to_owned()),
        contact: Set(model.contact.code().to_owned()),
        sent_on: Set(model.sent_on),
        received_on: Set(model.received_on),
        answered_on: Set(model.answered_on),
        event_on: Set(model.event_on),
        missing_parts: Set(codes(&model.missing_parts)),
        consent_scope: Set(model.consent_scope.clone()),
        required_by_law: Set(model.required_by_law.clone()),
        text: Set(model.text.clone()),
        document_url: Set(model.document_url.clone()),
        version: Set(model.version),
        withdrawn_at: NotSet,
    }
}

// ── contacts ─────────────────────────────────────────────────────────────────────────────────────

/// All contacts of agreements, whenever they were.
pub async fn contacts(tx: &Tx, of: &[AgreementId]) -> Result<Vec<Contact>, DbErr> {
    use agreement_contact::Column;
    let select = agreement_contact::Entity::find().filter(Column::AgreementId.is_in(keys(of)));
    let rows = select.order_by_asc(Column::ValidFrom).order_by_asc(Column::Id).all(tx).await?;
    rows.into_iter().map(contact).collect()
}

/// The contacts with these ids, of agreements that the scope opens.
pub async fn contacts_by_id(cx: &Cx, ids: &[ContactId]) -> Result<Vec<Contact>, DbErr> {
    use agreement_contact::Column;
    let select = agreement_contact::Entity::find().filter(Column::Id.is_in(keys(ids))).filter(agreement_is_open(
        &cx.scope,
        Column::AgreementId,
        cx.today,
    ));
    select.all(&cx.tx).await?.into_iter().map(contact).collect()
}

/// Stores new contacts.
pub async fn insert_contacts(tx: &Tx, _: &WriteScope, new: &[Contact]) -> Result<(), DbErr> {
    insert(tx, new.iter().map(contact_row).collect()).await
}

/// Stores a contact's end, or its corrected details.
pub async fn update_contact(tx: &Tx, _: &WriteScope, changed: &Contact) -> Result<(), DbErr> {
    let update = agreement_contact::Entity::update_many().set(contact_row(changed));
    update.filter(agreement_contact::Column::Id.eq(changed.id.key())).exec(tx).await.map(drop)
}

/// A contact as a row tells of it.
pub fn contact(row: agreement_contact::Model) -> Result<Contact, DbErr> {
    let fault = || DbErr::Type(format!("contact {}: it ends before it begins", row.id));
    Ok(Contact {
        id: ContactId::new(row.id),
        agreement: AgreementId::new(row.agreement_id),
        side: row::code(&row.side)?,
        purpose: row::code(&row.purpose)?,
        validity: Period::new(row.valid_from, row.valid_to).ok_or_else(fault)?,
        name: row.name,
        email: row.email,
        phone: row.phone,
    })
}

fn contact_row(model: &Contact) -> agreement_contact::ActiveModel {
    agreement_contact::ActiveModel {
        id: Set(model.id.key()),
        agreement_id: Set(model.agreement.key()),
        side: Set(model.side.code().to_owned()),
        purpose: Set(model.purpose.code().to_owned()),
        name: Set(model.name.clone()),
        email: Set(model.email.clone()),
        phone: Set(model.phone.clone()),
        valid_from: Set(model.validity.from),
        valid_to: Set(model.validity.to),
    }
}

// ── suspensions ──────────────────────────────────────────────────────────────────────────────────

/// All suspensions of agreements, by day.
pub async fn suspensions(tx: &Tx, of: &[AgreementId]) -> Result<Vec<Suspension>, DbErr> {
    use agreement_suspension::Column;
    let select = agreement_suspension::Entity::find().filter(Column::AgreementId.is_in(keys(of)));
    let rows = select.order_by_asc(Column::SuspendedFrom).order_by_asc(Column::Id).all(tx).await?;
    rows.iter().map(suspension).collect()
}

/// Stores new suspensions.
pub async fn insert_suspensions(tx: &Tx, _: &WriteScope, new: &[Suspension]) -> Result<(), DbErr> {
    insert(tx, new.iter().map(suspension_row).collect()).await
}

/// Stores a changed suspension; false where somebody was faster.
pub async fn update_suspension(tx: &Tx, _: &WriteScope, changed: &Suspension) -> Result<bool, DbErr> {
    use agreement_suspension::Column;
    update(tx, suspension_row(changed), (Column::Id, changed.id.key()), (Column::Version, changed.version)).await
}

fn suspension(row: &agreement_suspension::Model) -> Result<Suspension, DbErr> {
    Ok(Suspension {
        id: SuspensionId::new(row.id),
        agreement: AgreementId::new(row.agreement_id),
        cause: row::code(&row.cause)?,
        from: row.suspended_from,
        declared_ended_on: row.declared_ended_on,
        accepted_on: row.accepted_on,
        version: row.version,
    })
}

fn suspension_row(model: &Suspension) -> agreement_suspension::ActiveModel {
    agreement_suspension::ActiveModel {
        id: Set(model.id.key()),
        agreement_id: Set(model.agreement.key()),
        cause: Set(model.cause.code().to_owned()),
        suspended_from: Set(model.from),
        declared_ended_on: Set(model.declared_ended_on),
        accepted_on: Set(model.accepted_on),
        version: Set(model.version),
    }
}
