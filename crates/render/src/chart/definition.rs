//! What a chart shows, before anything is laid out.

use crate::format::NumberStyle;
use model::Decimal;
use serde::{Deserialize, Serialize};

/// Groups of one chart. What lies beyond is gathered under "Other".
pub const MAX_GROUPS: usize = 50;
/// A ring of more slices than colours says nothing.
const MAX_SLICES: usize = 8;

/// How the series of one group stand to each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stacking {
    /// Side by side.
    #[default]
    None,
    /// On each other; negative values below the zero line.
    Stacked,
    /// As shares of the whole.
    Percent,
}

/// A judgement of a value. It is always said in words beside its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    Good,
    Warn,
    Bad,
}

/// A band of a gauge or metric: from the band below it up to `up_to`, or without end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Break {
    pub up_to: Option<Decimal>,
    pub tone: Tone,
    /// What the band means: "On target".
    pub label: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChartKind {
    /// Bars from left to right: long labels stand well beside them.
    Bar {
        #[serde(default)]
        stacking: Stacking,
    },
    /// Columns from the bottom up.
    Column {
        #[serde(default)]
        stacking: Stacking,
    },
    /// Values in their order; an empty one is a gap, not a zero.
    Line,
    Donut,
    Funnel,
    /// The first value of the first series on a dial.
    Gauge {
        min: Decimal,
        max: Decimal,
        #[serde(default)]
        breaks: Vec<Break>,
    },
    /// The first value of the first series in large figures, against an earlier one.
    Metric {
        #[serde(default)]
        previous: Option<Decimal>,
        #[serde(default)]
        breaks: Vec<Break>,
    },
}

/// One value for each category; none where there is nothing to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    pub name: String,
    pub values: Vec<Option<Decimal>>,
}

/// A chart. Categories stand in the order they are shown in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<String>,
    #[serde(flatten)]
    pub kind: ChartKind,
    pub categories: Vec<String>,
    pub series: Vec<Series>,
    pub number: NumberStyle,
    /// Whether values may be added up: a sum or a count, not an average. Groups beyond the limit are then summed as
    /// "Other"; else they are left out and counted in a note.
    #[serde(default = "yes")]
    pub additive: bool,
}

const fn yes() -> bool {
    true
}

/// A chart within its limits, with what must be said of the rest.
pub(super) struct Prepared {
    pub(super) title: String,
    pub(super) subtitle: Option<String>,
    pub(super) kind: ChartKind,
    pub(super) categories: Vec<String>,
    pub(super) series: Vec<Series>,
    pub(super) number: NumberStyle,
    pub(super) notes: Vec<String>,
    /// Whether the last category gathers others.
    pub(super) rest_group: bool,
    /// Whether the last series gathers others.
    pub(super) rest_series: bool,
}

impl Chart {
    /// A chart of one series.
    pub fn single(
        title: impl Into<String>,
        kind: ChartKind,
        number: NumberStyle,
        points: impl IntoIterator<Item = (String, Option<Decimal>)>,
    ) -> Self {
        let (categories, values) = points.into_iter().unzip();
        let title = title.into();
        let series = vec![Series { name: title.clone(), values }];
        Self { title, subtitle: None, kind, categories, series, number, additive: true }
    }

    pub(super) fn prepared(&self) -> Prepared {
        let mut prepared = Prepared {
            title: self.title.clone(),
            subtitle: self.subtitle.clone(),
            kind: self.kind.clone(),
            categories: self.categories.clone(),
            series: self.series.clone(),
            number: self.number.clone(),
            notes: Vec::new(),
            rest_group: false,
            rest_series: false,
        };
        for series in &mut prepared.series {
            series.values.resize(self.categories.len(), None);
        }
        let most = match self.kind {
            ChartKind::Donut => MAX_SLICES,
            // A line's categories are a scale: the days of a year are no groups to be gathered.
            ChartKind::Line | ChartKind::Gauge { .. } | ChartKind::Metric { .. } => usize::MAX,
            _ => MAX_GROUPS,
        };
        prepared.gather_groups(most, self.additive);
        prepared.gather_series(super::theme::SERIES_COLORS, self.additive);
        prepared
    }
}

impl Prepared {
    /// Keeps the largest groups in their order and gathers the others.
    fn gather_groups(&mut self, most: usize, additive: bool) {
        let count = self.categories.len();
        if count <= most {
            return;
        }
        let keep = if additive { most - 1 } else { most };
        let weight = |at: usize| -> Decimal {
            self.series.iter().filter_map(|series| series.values[at]).map(|value| value.abs()).sum()
        };
        let mut order: Vec<(usize, Decimal)> = (0..count).map(|at| (at, weight(at))).collect();
        order.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        let mut kept: Vec<usize> = order[..keep].iter().map(|(at, _)| *at).collect();
        let rest: Vec<usize> = order[keep..].iter().map(|(at, _)| *at).collect();
        kept.sort_unstable();
        self.categories = kept.iter().map(|at| self.categories[*at].clone()).collect();
        for series in &mut self.series {
            let other: Vec<Decimal> = rest.iter().filter_map(|at| series.values[*at]).collect();
            let mut values: Vec<Option<Decimal>> = kept.iter().map(|at| series.values[*at]).collect();
            if additive {
                values.push((!other.is_empty()).then(|| other.into_iter().sum()));
            }
            series.values = values;
        }
        if additive {
            self.categories.push(format!("Other ({})", rest.len()));
            self.rest_group = true;
        } else {
            self.notes.push(format!("The {keep} largest of {count} groups"));
        }
    }

    /// No colour stands for two series: those beyond the palette are gathered too.
    fn gather_series(&mut self, most: usize, additive: bool) {
        let count = self.series.len();
        if count <= most {
            return;
        }
        if !additive {
            self.series.truncate(most);
            return self.notes.push(format!("The first {most} of {count} series"));
        }
        let rest = self.series.split_off(most - 1);
        let values = (0..self.categories.len())
            .map(|at| {
                let values: Vec<Decimal> = rest.iter().filter_map(|series| series.values[at]).collect();
                (!values.is_empty()).then(|| values.into_iter().sum())
            })
            .collect();
        self.series.push(Series { name: format!("Other ({})", rest.len()), values });
        self.rest_series = true;
    }

    /// Why nothing can be drawn, in words for the reader.
    pub(super) fn problem(&self) -> Option<String> {
        let values = || self.series.iter().flat_map(|series| series.values.iter().flatten());
        if values().next().is_none() {
            return Some("No data".into());
        }
        let shares = match self.kind {
            ChartKind::Donut => "A donut",
            ChartKind::Funnel => "A funnel",
            ChartKind::Bar { stacking: Stacking::Percent } | ChartKind::Column { stacking: Stacking::Percent } => {
                "A chart of shares"
            }
            _ => return None,
        };
        if values().any(|value| value.is_sign_negative() && !value.is_zero()) {
            return Some(format!("{shares} cannot show negative values. See the table, or choose a bar chart."));
        }
        if values().all(Decimal::is_zero) {
            return Some("All values are zero".into());
        }
        None
    }

    /// The value of a gauge or metric.
    pub(super) fn first_value(&self) -> Decimal {
        self.series.iter().flat_map(|series| series.values.iter().flatten()).next().copied().unwrap_or_default()
    }
}

/// The band a value lies in.
pub(super) fn band(breaks: &[Break], value: Decimal) -> Option<&Break> {
    breaks.iter().find(|band| band.up_to.is_none_or(|up_to| value <= up_to)).or(breaks.last())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(kind: ChartKind, groups: i64) -> Chart {
        let points = (1..=groups).map(|at| (format!("Group {at}"), Some(Decimal::from(at))));
        Chart::single("Groups", kind, NumberStyle::Plain { scale: 0 }, points)
    }

    #[test]
    fn groups_beyond_fifty_are_summed_under_a_label() {
        let prepared = chart(ChartKind::Bar { stacking: Stacking::None }, 60).prepared();
        assert_eq!(prepared.categories.len(), MAX_GROUPS);
        assert_eq!(prepared.categories.last().map(String::as_str), Some("Other (11)"));
        assert_eq!(prepared.series[0].values.last(), Some(&Some(Decimal::from(66))), "1 + 2 + … + 11");
        assert_eq!(prepared.categories[0], "Group 12", "the order of the rest stays");
    }

    #[test]
    fn averages_are_left_out_with_a_note_and_never_added() {
        let mut averages = chart(ChartKind::Column { stacking: Stacking::None }, 60);
        averages.additive = false;
        let prepared = averages.prepared();
        assert_eq!(prepared.categories.len(), MAX_GROUPS);
        assert_eq!(prepared.notes, ["The 50 largest of 60 groups"]);
    }

    #[test]
    fn a_ring_of_negative_values_says_why_it_is_not_drawn() {
        let mut donut = chart(ChartKind::Donut, 3);
        donut.series[0].values[1] = Some(Decimal::NEGATIVE_ONE);
        let problem = donut.prepared().problem();
        assert_eq!(
            problem.as_deref(),
            Some("A donut cannot show negative values. See the table, or choose a bar chart.")
        );
        assert_eq!(chart(ChartKind::Line, 0).prepared().problem().as_deref(), Some("No data"));
    }
}
