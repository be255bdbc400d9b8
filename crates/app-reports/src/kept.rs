//! Answers of dashboards that are kept by the process: each for one user with the rights they then had, one report and one
//! choice of filters, for a quarter of an hour. Nobody is told an answer that somebody else was given.

use crate::run::ReportRun;
use model::{Instant, RecordId};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

const LIFE_MS: i64 = 900_000;
/// The most answers that are kept; the oldest make room.
const MOST: usize = 400;
/// Answers of more figures and records than these are asked anew each time.
const MOST_PARTS: usize = 20_000;

/// What was asked, and by whom.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    pub(crate) org: String,
    pub(crate) dashboard: RecordId,
    pub(crate) report: RecordId,
    pub(crate) user: RecordId,
    /// A print of what the user may read.
    pub(crate) rights: String,
    pub(crate) details: bool,
    /// With the filters of the dashboard.
    pub(crate) definition: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) asked: Instant,
    pub(crate) run: Arc<ReportRun>,
}

static ANSWERS: LazyLock<Mutex<HashMap<Question, Kept>>> = LazyLock::new(Mutex::default);

pub(crate) fn find(question: &Question, now: Instant) -> Option<Kept> {
    let answers = ANSWERS.lock().unwrap_or_else(PoisonError::into_inner);
    answers.get(question).filter(|kept| is_fresh(kept, now)).cloned()
}

fn is_fresh(kept: &Kept, now: Instant) -> bool {
    (0..LIFE_MS).contains(&(now.ms() - kept.asked.ms()))
}

pub(crate) fn keep(question: Question, kept: Kept) {
    if parts(&kept.run) > MOST_PARTS {
        return;
    }
    let mut answers = ANSWERS.lock().unwrap_or_else(PoisonError::into_inner);
    let now = kept.asked;
    answers.retain(|_, known| is_fresh(known, now));
    if answers.len() >= MOST {
        let oldest = answers.iter().min_by_key(|(_, known)| known.asked).map(|(question, _)| question.clone());
        if let Some(oldest) = oldest {
            answers.remove(&oldest);
        }
    }
    answers.insert(question, kept);
}

fn parts(run: &ReportRun) -> usize {
    run.rows.len() * run.columns.len().max(1) + run.count_figures()
}

/// Forgets what a user was answered for a dashboard.
pub(crate) fn forget(org: &str, dashboard: RecordId, user: RecordId) {
    let mut answers = ANSWERS.lock().unwrap_or_else(PoisonError::into_inner);
    answers.retain(|known, _| known.org != org || known.dashboard != dashboard || known.user != user);
}
