//! Reports run in the background: the job that answers one, as the user who asked.

use crate::run::RunOptions;
use crate::saved::SavedReport;
use crate::wire;
use model::{Error, ErrorCode, Result};
use platform::{Ctx, Job, JobOutcome, ReportInstanceRow, ReportInstanceState};
use serde_json::{Map, Value as Json, json};

/// Runs what a job asks for, and keeps what was answered, or why nothing was.
pub(crate) fn run_job(ctx: &Ctx, job: &Job) -> Result<JobOutcome> {
    let payload: Json = serde_json::from_str(&job.payload).map_err(Error::internal)?;
    let number = payload["instance"].as_u64().ok_or_else(|| Error::internal("a job without an instance"))?;
    let row = match ctx.report_instance(number) {
        Ok((row, _)) if !row.state.is_over() => row,
        // Deleted meanwhile, or answered by a worker that was taken for dead.
        Ok(_) => return Ok(JobOutcome::default()),
        Err(error) if error.code() == ErrorCode::NotFound => return Ok(JobOutcome::default()),
        Err(error) => return Err(error),
    };
    ctx.report_instance_settle(number, ReportInstanceState::Running, "")?;
    let (state, answer) = match answer(ctx, &row) {
        Ok(answer) => (ReportInstanceState::Success, Json::Object(answer)),
        Err(error) if error.code().http_status() >= 500 && error.code() != ErrorCode::NotImplemented => {
            return Err(error);
        }
        Err(error) => {
            (ReportInstanceState::Error, json!({"errorCode": error.code().as_str(), "message": error.message()}))
        }
    };
    ctx.report_instance_settle(number, state, &answer.to_string())?;
    Ok(JobOutcome { words: state.as_str().to_owned(), ..JobOutcome::default() })
}

fn answer(ctx: &Ctx, row: &ReportInstanceRow) -> Result<Map<String, Json>> {
    let saved = SavedReport::fetch(ctx, row.report)?;
    let change: Option<Map<String, Json>> = match row.question.as_str() {
        "" => None,
        text => Some(serde_json::from_str(text).map_err(Error::internal)?),
    };
    let options = RunOptions { details: Some(row.has_details), ..RunOptions::default() };
    let (definition, run) = match change {
        None => (saved.definition.clone(), saved.run(ctx, &options)?),
        Some(change) => {
            let changed = saved.changed(&change)?;
            let run = changed.run(ctx, &options)?;
            (changed.definition, run)
        }
    };
    let metadata = wire::metadata_json(ctx, &definition, Some(&saved), Some(&run))?;
    Ok(wire::run_json(&run, metadata, row.has_details))
}
