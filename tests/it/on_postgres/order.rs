//! Texts by which lists are ordered sort by their bytes, whatever the database's locale; that of the tests sorts as Swedish does.

use crate::support::{TestApp, texts};

#[tokio::test]
async fn the_columns_that_order_lists_sort_by_bytes() {
    let app = TestApp::start().await;
    let tx = app.app.db.read().await.unwrap();
    let by_bytes = "SELECT table_name || '.' || column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND collation_name = 'C' ORDER BY 1";
    let ordering =
        ["agreement.title_sort", "controller.name_sort", "engagement.path", "municipality.slug", "party.name_sort", "person.name_sort"];
    assert_eq!(texts(&tx, by_bytes).await, ordering);
}
