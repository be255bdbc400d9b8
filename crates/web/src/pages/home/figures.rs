//! The numbers of the quarter.

use crate::kit::{Stat, Tone, Trend};
use crate::pages::list::address::ListAddress;
use crate::pages::list::filter::{Filter, Op};
use crate::show::Show;
use maud::{Markup, html};
use model::{Date, Decimal, FieldSchema, Result, Value};
use platform::{Ctx, QueryOptions};

/// Months on the chart of won deals, this one included.
const MONTHS: i32 = 12;
/// People on the leaderboard.
const LEADERS: usize = 8;

/// How many deals, and what they are worth.
#[derive(Clone, Copy, Default)]
pub(super) struct Sum {
    pub(super) count: u64,
    pub(super) amount: Decimal,
}

pub(super) struct Leader {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) sum: Sum,
}

pub(super) struct Figures {
    /// Open deals by stage, in the org's order.
    pub(super) stages: Vec<(String, Sum)>,
    /// Won deals by month, oldest first: the first day, and the sum.
    pub(super) months: Vec<(Date, Sum)>,
    pub(super) leaders: Vec<Leader>,
    won: Sum,
    won_before: Sum,
    lost: Sum,
    won_rate_before: Option<Decimal>,
    closing: Sum,
    overdue: Sum,
}

fn count(value: Option<&Value>) -> u64 {
    value.and_then(Value::as_decimal).and_then(|number| u64::try_from(number).ok()).unwrap_or_default()
}

fn amount(value: Option<&Value>) -> Decimal {
    value.and_then(Value::as_decimal).unwrap_or_default()
}

/// Deals by the value of `group`.
fn grouped(ctx: &Ctx, group: &str, condition: &str, order: &str) -> Result<Vec<(Vec<Value>, Sum)>> {
    let text = format!(
        "SELECT {group}, COUNT(Id) deals, SUM(Amount) total FROM Opportunity WHERE {condition} GROUP BY {group}{order}"
    );
    let answer = ctx.query(&text, QueryOptions::default())?;
    Ok(answer
        .groups()
        .iter()
        .map(|row| {
            let keys = row.len().saturating_sub(2);
            (row[..keys].to_vec(), Sum { count: count(row.get(keys)), amount: amount(row.get(keys + 1)) })
        })
        .collect())
}

fn sum(ctx: &Ctx, condition: &str) -> Result<Sum> {
    let text = format!("SELECT COUNT(Id) deals, SUM(Amount) total FROM Opportunity WHERE {condition}");
    let answer = ctx.query(&text, QueryOptions::default())?;
    let row = answer.groups().first();
    Ok(Sum { count: count(row.and_then(|row| row.first())), amount: amount(row.and_then(|row| row.get(1))) })
}

impl Figures {
    /// The figures, for readers of opportunities and their amounts.
    pub(super) fn of(ctx: &Ctx, show: &Show) -> Result<Option<Self>> {
        let needed = ["Amount", "StageName", "CloseDate", "IsClosed", "IsWon", "OwnerId"];
        let Ok(object) = ctx.object("Opportunity") else { return Ok(None) };
        let can_read = |field: &FieldSchema| ctx.can_read_field(object.ix, field.ix);
        if !needed.iter().all(|name| object.find_field(name).is_some_and(can_read)) {
            return Ok(None);
        }
        let by_stage = grouped(ctx, "StageName", "IsClosed = false", "")?;
        let mut stages: Vec<(String, Sum)> = by_stage
            .into_iter()
            .map(|(key, sum)| (key.first().map(Value::to_plain).unwrap_or_default(), sum))
            .collect();
        let place = |name: &str| show.stages.all().iter().position(|stage| stage.name == name).unwrap_or(usize::MAX);
        stages.sort_by_key(|(name, _)| place(name));
        let won_in = |period: &str| sum(ctx, &format!("IsWon = true AND CloseDate = {period}"));
        let lost_in = |period: &str| sum(ctx, &format!("IsClosed = true AND IsWon = false AND CloseDate = {period}"));
        let (won, won_before) = (won_in("THIS_QUARTER")?, won_in("LAST_QUARTER")?);
        Ok(Some(Self {
            stages,
            months: months(ctx)?,
            leaders: leaders(ctx)?,
            won,
            won_before,
            lost: lost_in("THIS_QUARTER")?,
            won_rate_before: rate(won_before, lost_in("LAST_QUARTER")?),
            closing: sum(ctx, "IsClosed = false AND CloseDate = THIS_MONTH")?,
            overdue: sum(ctx, "IsClosed = false AND CloseDate < TODAY")?,
        }))
    }

    pub(super) fn tiles(&self, ctx: &Ctx, show: &Show) -> Markup {
        let open = self.stages.iter().fold(Sum::default(), |all, (_, sum)| Sum {
            count: all.count + sum.count,
            amount: all.amount + sum.amount,
        });
        let view = |filters: &[(&str, Op, &str)]| {
            ListAddress::of("Opportunity")
                .changed(|list| {
                    list.filters = filters.iter().map(|(field, op, value)| Filter::new(field, *op, value)).collect()
                })
                .href()
        };
        let pipeline = money(show, "Open pipeline", open).href(view(&[("IsClosed", Op::Is, "false")]));
        let won = money(show, "Won this quarter", self.won)
            .href(view(&[("IsWon", Op::Is, "true"), ("CloseDate", Op::During, "THIS_QUARTER")]));
        let won = match self.won_trend(show) {
            Some(trend) => won.trend(trend),
            None => won,
        };
        let decided = self.won.count + self.lost.count;
        let rate_now = rate(self.won, self.lost);
        let win_rate =
            Stat::new("Win rate this quarter", rate_now.map_or_else(|| "–".to_owned(), |rate| percent(show, rate)))
                .href(view(&[("IsClosed", Op::Is, "true"), ("CloseDate", Op::During, "THIS_QUARTER")]));
        let win_rate = match rate_now {
            Some(_) => win_rate.note(format!("{} won of {} decided", show.whole(self.won.count), show.whole(decided))),
            None => win_rate.note("No deal was decided yet"),
        };
        let win_rate = match (rate_now, self.won_rate_before) {
            (Some(now), Some(before)) => win_rate.trend(points(show, now, before)),
            _ => win_rate,
        };
        let closing = money(show, "Closing this month", self.closing)
            .href(view(&[("IsClosed", Op::Is, "false"), ("CloseDate", Op::During, "THIS_MONTH")]));
        let yesterday = ctx.today().plus_days(-1).to_string();
        let overdue = view(&[("IsClosed", Op::Is, "false"), ("CloseDate", Op::AtMost, &yesterday)]);
        let closing = match self.overdue.count {
            0 => closing,
            count => closing.below(html! { a.late href=(overdue) { (deals(show, count)) " overdue" } }),
        };
        html! { div.tiles { (pipeline) (won) (win_rate) (closing) } }
    }

    fn won_trend(&self, show: &Show) -> Option<Trend> {
        if self.won_before.amount.is_zero() {
            return None;
        }
        let change = (self.won.amount - self.won_before.amount) * Decimal::ONE_HUNDRED / self.won_before.amount;
        let words = percent(show, change.abs());
        let trend =
            if change.is_sign_negative() { Trend::down(words, Tone::Bad) } else { Trend::up(words, Tone::Good) };
        Some(trend.against("last quarter"))
    }
}

fn deals(show: &Show, count: u64) -> String {
    if count == 1 { "1 deal".to_owned() } else { format!("{} deals", show.whole(count)) }
}

/// A sum as a key figure: without cents, and beyond a billion in short, with the whole of it in the note.
fn money(show: &Show, label: &str, sum: Sum) -> Stat {
    let billion = Decimal::from(1_000_000_000);
    let plain = render::format::NumberStyle::Plain { scale: 0 };
    let (figure, note) = if sum.amount.abs() >= billion {
        (show.formats.compact(sum.amount, &plain), format!("{} in {}", show.amount(sum.amount), deals(show, sum.count)))
    } else {
        (show.formats.number(sum.amount, &plain), deals(show, sum.count))
    };
    Stat::new(label, figure).unit(show.currency.clone()).note(note)
}

/// Percent of decided deals that were won; nothing while none is decided.
fn rate(won: Sum, lost: Sum) -> Option<Decimal> {
    let decided = won.count + lost.count;
    (decided > 0).then(|| Decimal::from(won.count) * Decimal::ONE_HUNDRED / Decimal::from(decided))
}

fn percent(show: &Show, number: Decimal) -> String {
    let rounded = model::round_to_scale(number, 1);
    show.formats.number(rounded, &render::format::NumberStyle::Percent { scale: 1 })
}

fn points(show: &Show, now: Decimal, before: Decimal) -> Trend {
    let change = model::round_to_scale(now - before, 1);
    let words =
        format!("{} points", show.formats.number(change.abs(), &render::format::NumberStyle::Plain { scale: 1 }));
    let trend = match change {
        change if change.is_zero() => Trend::flat("no change"),
        change if change.is_sign_negative() => Trend::down(words, Tone::Bad),
        _ => Trend::up(words, Tone::Good),
    };
    trend.against("last quarter")
}

/// Every month of the last year, those without a deal too.
fn months(ctx: &Ctx) -> Result<Vec<(Date, Sum)>> {
    let today = ctx.today().to_civil();
    let first = today.first_of_month();
    let starts: Vec<_> = (0..MONTHS).rev().map(|back| first.saturating_sub(jiff::Span::new().months(back))).collect();
    let from = starts.first().map(|start| Date::from_civil(*start)).unwrap_or_else(|| ctx.today());
    let condition =
        format!("IsWon = true AND CloseDate >= {from} AND CloseDate <= {}", Date::from_civil(today.last_of_month()));
    let found = grouped(ctx, "CALENDAR_YEAR(CloseDate), CALENDAR_MONTH(CloseDate)", &condition, "")?;
    let number =
        |value: Option<&Value>| value.and_then(Value::as_decimal).and_then(|number| i16::try_from(number).ok());
    Ok(starts
        .into_iter()
        .map(|start| {
            let of_month = found.iter().find(|(key, _)| {
                number(key.first()) == Some(start.year()) && number(key.get(1)) == Some(i16::from(start.month()))
            });
            (Date::from_civil(start), of_month.map(|(_, sum)| *sum).unwrap_or_default())
        })
        .collect())
}

/// Who won most this quarter.
fn leaders(ctx: &Ctx) -> Result<Vec<Leader>> {
    let order = format!(" ORDER BY SUM(Amount) DESC NULLS LAST LIMIT {LEADERS}");
    let found = grouped(ctx, "OwnerId, Owner.Name", "IsWon = true AND CloseDate = THIS_QUARTER", &order)?;
    Ok(found
        .into_iter()
        .map(|(key, sum)| Leader {
            id: key.first().map(Value::to_plain).unwrap_or_default(),
            name: key.get(1).and_then(Value::as_text).unwrap_or("Not visible").to_owned(),
            sum,
        })
        .collect())
}
