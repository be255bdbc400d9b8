//! The plain-text twin of a mail body: the same words and rows for readers that show no HTML.

use super::body::MailBody;
use super::table::text_table;
use crate::format::Formats;
use model::Result;

impl MailBody<'_> {
    /// The body as plain text.
    ///
    /// # Errors
    /// An unknown zone in a column of the table.
    pub fn to_text(&self, formats: &Formats) -> Result<String> {
        let mut blocks = vec![format!("{}\n{}", self.headline, "=".repeat(self.headline.chars().count().min(72)))];
        let mut push = |lines: Vec<String>| {
            if !lines.is_empty() {
                blocks.push(lines.join("\n"));
            }
        };
        push(self.facts.clone());
        push(self.message.iter().cloned().collect());
        push(
            self.figures
                .iter()
                .map(|figure| match &figure.change {
                    Some((words, _)) => format!("{}: {} ({words})", figure.label, figure.value),
                    None => format!("{}: {}", figure.label, figure.value),
                })
                .collect(),
        );
        push(self.chart.iter().map(|chart| format!("Chart: {}", chart.alt)).collect());
        if let Some((table, limits)) = self.table {
            push(vec![text_table(table, formats, limits)?.trim_end().to_owned()]);
        }
        push(self.action.iter().map(|link| format!("{}: {}", link.label(), link.url())).collect());
        push(self.notices.clone());
        let mut footer = self.footer.clone();
        footer.extend(self.unsubscribe.iter().map(|link| format!("{}: {}", link.label(), link.url())));
        if !footer.is_empty() {
            // The mark that mail readers know as the start of a signature.
            footer.insert(0, "-- ".to_owned());
        }
        push(footer);
        Ok(format!("{}\n", blocks.join("\n\n")))
    }
}
