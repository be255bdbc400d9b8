//! What the platform knows of a user beside permissions: name, zone, locale.

use model::{RecordId, Zone};

#[derive(Debug, Clone)]
pub struct UserProfile {
    pub id: RecordId,
    pub username: String,
    pub name: String,
    pub first_name: String,
    pub email: String,
    pub title: String,
    pub profile_id: Option<RecordId>,
    pub profile_name: String,
    pub role: Option<RecordId>,
    /// IANA name.
    pub zone_name: String,
    pub zone: Zone,
    /// `en_US`.
    pub locale: String,
    pub language: String,
    pub active: bool,
}

impl UserProfile {
    /// A service has no home: it reads and writes in UTC.
    pub(crate) fn of_service(name: &str) -> Self {
        Self {
            id: RecordId::from_i64(0),
            username: format!("service:{name}"),
            name: name.to_owned(),
            first_name: name.to_owned(),
            email: String::new(),
            title: String::new(),
            profile_id: None,
            profile_name: String::new(),
            role: None,
            zone_name: "UTC".to_owned(),
            zone: Zone::UTC,
            locale: "en_US".to_owned(),
            language: "en_US".to_owned(),
            active: true,
        }
    }

    /// The first day of the week where the user lives. The United States, Canada, Brazil, Japan and others start on
    /// Sunday; ISO 8601 and most of Europe on Monday.
    pub fn first_weekday(&self) -> jiff::civil::Weekday {
        let country = self.locale.rsplit('_').next().unwrap_or_default();
        let sunday = ["US", "CA", "MX", "BR", "JP", "IL", "KR", "TW", "HK", "IN", "ZA", "PH", "AU"];
        if sunday.contains(&country) { jiff::civil::Weekday::Sunday } else { jiff::civil::Weekday::Monday }
    }
}
