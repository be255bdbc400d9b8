//! Custom objects of the demo for programs that try the API: one to upsert into, one with more rows than a page.

use super::Watch;
use model::schema::{FieldDef, ObjectDef};
use model::{RecordId, Result, Value};
use platform::provision::LOADING;
use platform::{Ctx, RecordDraft};

const UPSERTS: &str = "UpsertTable__c";
const BIG: &str = "BigTable__c";
/// More than a page of 2,000 rows.
const BIG_ROWS: usize = 2500;
const BATCH: usize = 200;

pub(super) fn create(ctx: &Ctx) -> Result<()> {
    let upserts = ObjectDef::new(UPSERTS, "Upsert row", "Upsert rows", "a00")
        .field(FieldDef::text("Name", "Name", 80).required())
        // Not unique on purpose: two rows with one id are how a program meets the answer to an ambiguous key.
        .field(FieldDef::text("ExtId__c", "External id", 50).external_id());
    let big = ObjectDef::new(BIG, "Big table row", "Big table rows", "a01")
        .field(FieldDef::auto_number("Name", "Number", "BT-{00000}"))
        .field(FieldDef::int("Position__c", "Position"));
    ctx.objects_create(vec![upserts, big])
}

pub(super) fn fill(ctx: &Ctx, owner: RecordId, watch: &mut dyn Watch) -> Result<()> {
    watch.begins(BIG, BIG_ROWS as u64);
    let object = ctx.object(BIG)?;
    let positions: Vec<usize> = (1..=BIG_ROWS).collect();
    for batch in positions.chunks(BATCH) {
        let drafts = batch
            .iter()
            .map(|position| {
                RecordDraft::new()
                    .set(object, "Position__c", Value::Int(i64::try_from(*position).map_err(model::Error::internal)?))?
                    .set(object, "OwnerId", owner)?
                    .set(object, "CreatedById", owner)?
                    .set(object, "LastModifiedById", owner)
            })
            .collect::<Result<Vec<_>>>()?;
        for result in ctx.records_create(BIG, drafts, LOADING)? {
            result.into_id()?;
        }
        watch.advanced(batch.len() as u64);
    }
    Ok(())
}
