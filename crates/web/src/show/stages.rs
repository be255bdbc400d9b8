//! What the org's opportunity stages mean: their order, and which of them are won or lost.

use crate::kit::{Badge, Tone};
use model::{Decimal, FieldSchema};
use platform::{Ctx, QueryOptions};

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stage {
    pub(crate) name: String,
    pub(crate) closed: bool,
    pub(crate) won: bool,
    probability: Decimal,
}

/// The stages in the org's order; none for readers who may not see them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stages(Vec<Stage>);

impl Stages {
    pub(crate) fn of(ctx: &Ctx) -> Self {
        let text = "SELECT MasterLabel, IsClosed, IsWon, DefaultProbability FROM OpportunityStage WHERE IsActive = true ORDER BY SortOrder";
        let Ok((_, rows)) = ctx.query_all_rows(text, QueryOptions::default()) else { return Self::default() };
        Self(
            rows.iter()
                .filter_map(|row| {
                    let [name, closed, won, probability] = row.cells.as_slice() else { return None };
                    Some(Stage {
                        name: name.value().as_text()?.to_owned(),
                        closed: closed.value().as_bool().unwrap_or_default(),
                        won: won.value().as_bool().unwrap_or_default(),
                        probability: probability.value().as_decimal().unwrap_or_default(),
                    })
                })
                .collect(),
        )
    }

    pub(crate) fn all(&self) -> &[Stage] {
        &self.0
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Stage> {
        self.0.iter().find(|stage| stage.name == name)
    }

    /// The badge of a picklist value that deserves one: stages, states, a high priority.
    pub(crate) fn badge(&self, field: &FieldSchema, value: &str) -> Option<Badge> {
        let tone = match field.name() {
            "StageName" => match self.find(value) {
                Some(stage) if stage.won => Tone::Good,
                Some(stage) if stage.closed => Tone::Bad,
                Some(stage) if stage.probability >= Decimal::from(75) => Tone::Accent,
                Some(stage) if stage.probability >= Decimal::from(50) => Tone::Info,
                _ => Tone::Neutral,
            },
            "Priority" if value == "High" => Tone::Warn,
            "Status" | "State" => Tone::Neutral,
            _ => return None,
        };
        Some(Badge::new(value, tone))
    }
}
