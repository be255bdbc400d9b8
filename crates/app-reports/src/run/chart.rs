//! The answer as a chart.

use super::{Group, ReportRun, RunAggregate, period};
use crate::column::shown;
use crate::definition::{ChartSpec, refused};
use model::{Decimal, Result, Value};
use render::chart::{Chart, ChartKind, Series, Stacking};
use render::format::NumberStyle;
use std::collections::HashSet;

/// Empty periods that a line shows as gaps; a longer axis shows the periods that have rows.
const MAX_PERIODS: usize = 400;

impl ReportRun {
    /// The chart that the definition asks for; none where it asks for none, or where there is no figure to draw.
    pub fn to_chart(&self) -> Option<Chart> {
        self.chart_as(self.chart.as_ref()?)
    }

    /// The answer drawn in another way than its definition says.
    pub fn chart_as(&self, spec: &ChartSpec) -> Option<Chart> {
        let kind = chart_kind(&spec.chart_type).ok()?;
        let figures = self.figures_of(spec);
        let (first, aggregate) = *figures.first()?;
        let number = NumberStyle::of(&aggregate.kind)?;
        let title = spec.title.clone().filter(|title| !title.is_empty()).unwrap_or_else(|| self.chart_title(aggregate));
        if matches!(kind, ChartKind::Metric { .. } | ChartKind::Gauge { .. }) {
            let point = (aggregate.label.clone(), self.totals[first].as_decimal());
            return Some(Chart::single(title, kind, number, [point]));
        }
        let groups = self.axis(&kind);
        let categories: Vec<String> = groups.iter().map(|(label, _)| label.clone()).collect();
        let by_inner = spec.groupings.len() > 1 && self.groupings.len() > 1 && figures.len() == 1;
        let series = if !self.groups_across.is_empty() && figures.len() == 1 && spec.groupings.len() != 1 {
            self.across_series(&groups, first)
        } else if by_inner {
            inner_series(&groups, first)
        } else {
            figures
                .iter()
                // One axis counts one thing: amounts and numbers of rows do not stand on the same.
                .filter(|(_, other)| NumberStyle::of(&other.kind).as_ref() == Some(&number))
                .map(|(at, aggregate)| Series {
                    name: aggregate.label.clone(),
                    values: groups.iter().map(|(_, group)| group.and_then(|group| figure(group, *at))).collect(),
                })
                .collect()
        };
        let additive = figures.iter().all(|(_, aggregate)| aggregate.is_additive);
        Some(Chart { title, subtitle: None, kind, categories, series, number, additive })
    }

    /// One series for each outer group across a matrix.
    fn across_series(&self, groups: &[(String, Option<&Group>)], at: usize) -> Vec<Series> {
        let value = |group: Option<&Group>, across: &Group| {
            self.figures(Some(group?), Some(across)).get(at).and_then(Value::as_decimal)
        };
        let series = |across: &Group| Series {
            name: across.label.clone(),
            values: groups.iter().map(|(_, group)| value(*group, across)).collect(),
        };
        self.groups_across.iter().map(series).collect()
    }

    /// `Sum of Amount by Stage`.
    fn chart_title(&self, aggregate: &RunAggregate) -> String {
        match self.groupings.first() {
            Some(grouping) => format!("{} by {}", aggregate.label, grouping.label),
            None => aggregate.label.clone(),
        }
    }

    fn figures_of(&self, spec: &ChartSpec) -> Vec<(usize, &RunAggregate)> {
        let all = self.aggregates.iter().enumerate();
        if spec.summaries.is_empty() {
            return all.take(1).collect();
        }
        all.filter(|(_, aggregate)| spec.summaries.contains(&aggregate.name)).take(4).collect()
    }

    /// The outer groups; a line of periods also has those without rows, as gaps.
    fn axis(&self, kind: &ChartKind) -> Vec<(String, Option<&Group>)> {
        let plain = || self.groups.iter().map(|group| (group.label.clone(), Some(group))).collect();
        let (ChartKind::Line, Some(grouping)) = (kind, self.groupings.first()) else { return plain() };
        let mut axis: Vec<(String, Option<&Group>)> = Vec::with_capacity(self.groups.len());
        let mut expected: Option<Value> = None;
        for group in &self.groups {
            while let Some(gap) = expected.take().filter(|gap| super::order::compare(gap, &group.value).is_lt()) {
                if axis.len() >= MAX_PERIODS {
                    return plain();
                }
                let Some(name) = period::label(&gap, grouping.granularity, &self.around) else { return plain() };
                axis.push((name, None));
                expected = period::next(&gap, grouping.granularity);
            }
            axis.push((group.label.clone(), Some(group)));
            expected = period::next(&group.value, grouping.granularity);
        }
        axis
    }
}

/// One series for each group of the second level, in the order they first stand in.
fn inner_series(groups: &[(String, Option<&Group>)], at: usize) -> Vec<Series> {
    let mut seen = HashSet::new();
    let inner = groups.iter().filter_map(|(_, group)| *group).flat_map(|group| &group.groups);
    let names: Vec<&String> = inner.map(|group| &group.label).filter(|label| seen.insert(*label)).collect();
    names
        .into_iter()
        .map(|name| Series {
            name: name.clone(),
            values: groups
                .iter()
                .map(|(_, group)| figure(group.as_ref()?.groups.iter().find(|inner| inner.label == *name)?, at))
                .collect(),
        })
        .collect()
}

fn figure(group: &Group, at: usize) -> Option<Decimal> {
    group.aggregates.get(at).and_then(Value::as_decimal)
}

/// What a chart type of the API is drawn as.
pub(crate) fn chart_kind(chart_type: &str) -> Result<ChartKind> {
    let words = chart_type.to_ascii_lowercase();
    let stacking = if words.contains("100") {
        Stacking::Percent
    } else if words.contains("stacked") {
        Stacking::Stacked
    } else {
        Stacking::None
    };
    let has = |word: &str| words.contains(word);
    Ok(if has("column") || has("vertical bar") || has("verticalbar") {
        ChartKind::Column { stacking }
    } else if has("bar") {
        ChartKind::Bar { stacking }
    } else if has("line") {
        ChartKind::Line
    } else if has("donut") || has("pie") {
        ChartKind::Donut
    } else if has("funnel") {
        ChartKind::Funnel
    } else if has("metric") {
        ChartKind::Metric { previous: None, breaks: Vec::new() }
    } else {
        return Err(refused("chart.chartType", format!("\"{}\" is no kind of chart.", shown(chart_type))));
    })
}
