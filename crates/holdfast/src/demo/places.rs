//! The countries and towns the company sells to, with the shape of their addresses and telephone numbers.

use super::names::Culture;

/// The three sales regions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Region {
    Emea,
    Americas,
    Apac,
}

pub(super) struct Country {
    pub(super) name: &'static str,
    pub(super) region: Region,
    pub(super) culture: Culture,
    pub(super) zone: &'static str,
    /// How many of the accounts are here, against the others.
    pub(super) weight: u32,
    /// `#` stands for a digit.
    pub(super) phone: &'static str,
    pub(super) cities: &'static [City],
    pub(super) streets: &'static [&'static str],
    /// `12 Mill Road` rather than `Mühlenweg 12`.
    pub(super) number_first: bool,
}

#[derive(Clone, Copy)]
pub(super) struct City {
    pub(super) name: &'static str,
    pub(super) state: &'static str,
    /// `#` stands for a digit, `@` for a letter.
    pub(super) postal_code: &'static str,
}

const fn city(name: &'static str, state: &'static str, postal_code: &'static str) -> City {
    City { name, state, postal_code }
}

const GERMAN_STREETS: &[&str] =
    &["Industriestraße", "Am Güterbahnhof", "Mühlenweg", "Hafenstraße", "Siemensring", "Gewerbepark Süd"];
const ENGLISH_STREETS: &[&str] =
    &["Mill Road", "Foundry Lane", "Harbour View", "Enterprise Way", "Canal Street", "Quarry Hill"];
const AMERICAN_STREETS: &[&str] = &[
    "Commerce Drive",
    "Industrial Parkway",
    "Riverfront Road",
    "Turbine Avenue",
    "Lakeshore Boulevard",
    "W 4th Street",
];

pub(super) const COUNTRIES: &[Country] = &[
    Country {
        name: "Germany",
        region: Region::Emea,
        culture: Culture::German,
        zone: "Europe/Berlin",
        weight: 26,
        phone: "+49 30 23125 ###",
        cities: &[
            city("Hamburg", "Hamburg", "20###"),
            city("Nürnberg", "Bayern", "904##"),
            city("Köln", "Nordrhein-Westfalen", "50###"),
            city("Leipzig", "Sachsen", "041##"),
            city("Göppingen", "Baden-Württemberg", "7303#"),
        ],
        streets: GERMAN_STREETS,
        number_first: false,
    },
    Country {
        name: "Austria",
        region: Region::Emea,
        culture: Culture::German,
        zone: "Europe/Vienna",
        weight: 6,
        phone: "+43 1 000 ####",
        cities: &[city("Linz", "Oberösterreich", "40#0"), city("Graz", "Steiermark", "80#0")],
        streets: GERMAN_STREETS,
        number_first: false,
    },
    Country {
        name: "Switzerland",
        region: Region::Emea,
        culture: Culture::German,
        zone: "Europe/Zurich",
        weight: 7,
        phone: "+41 44 000 ## ##",
        cities: &[city("Winterthur", "Zürich", "840#"), city("Basel", "Basel-Stadt", "405#")],
        streets: GERMAN_STREETS,
        number_first: false,
    },
    Country {
        name: "France",
        region: Region::Emea,
        culture: Culture::French,
        zone: "Europe/Paris",
        weight: 13,
        phone: "+33 1 99 00 ## ##",
        cities: &[
            city("Lyon", "Auvergne-Rhône-Alpes", "6900#"),
            city("Saint-Étienne", "Auvergne-Rhône-Alpes", "420##"),
            city("Nantes", "Pays de la Loire", "44#00"),
        ],
        streets: &["rue de la Fonderie", "avenue de l'Industrie", "quai du Port", "boulevard Lumière"],
        number_first: true,
    },
    Country {
        name: "Netherlands",
        region: Region::Emea,
        culture: Culture::Dutch,
        zone: "Europe/Amsterdam",
        weight: 9,
        phone: "+31 10 000 ####",
        cities: &[city("Rotterdam", "Zuid-Holland", "30## @@"), city("Eindhoven", "Noord-Brabant", "56## @@")],
        streets: &["Havenweg", "Industrieplein", "Zuiderkade", "Molenstraat"],
        number_first: false,
    },
    Country {
        name: "Sweden",
        region: Region::Emea,
        culture: Culture::Nordic,
        zone: "Europe/Stockholm",
        weight: 7,
        phone: "+46 31 390 06 ##",
        cities: &[city("Göteborg", "Västra Götaland", "41# ##"), city("Västerås", "Västmanland", "72# ##")],
        streets: &["Järnvägsgatan", "Hamngatan", "Verkstadsvägen", "Fabriksgatan"],
        number_first: false,
    },
    Country {
        name: "Italy",
        region: Region::Emea,
        culture: Culture::Italian,
        zone: "Europe/Rome",
        weight: 8,
        phone: "+39 02 0000 ####",
        cities: &[city("Brescia", "Lombardia", "251##"), city("Reggio Emilia", "Emilia-Romagna", "421##")],
        streets: &["via dell'Artigianato", "via Galvani", "viale del Lavoro", "strada Statale"],
        number_first: false,
    },
    Country {
        name: "Spain",
        region: Region::Emea,
        culture: Culture::Spanish,
        zone: "Europe/Madrid",
        weight: 6,
        phone: "+34 930 000 ###",
        cities: &[city("Bilbao", "Bizkaia", "480##"), city("Tarragona", "Cataluña", "430##")],
        streets: &["calle de la Industria", "avenida del Puerto", "polígono Las Eras", "camino Viejo"],
        number_first: false,
    },
    Country {
        name: "Poland",
        region: Region::Emea,
        culture: Culture::Polish,
        zone: "Europe/Warsaw",
        weight: 5,
        phone: "+48 12 000 ## ##",
        cities: &[city("Gdańsk", "Pomorskie", "80-###"), city("Łódź", "Łódzkie", "90-###")],
        streets: &["ul. Przemysłowa", "ul. Portowa", "ul. Fabryczna", "al. Wolności"],
        number_first: false,
    },
    Country {
        name: "United Kingdom",
        region: Region::Emea,
        culture: Culture::English,
        zone: "Europe/London",
        weight: 11,
        phone: "+44 113 496 0###",
        cities: &[
            city("Leeds", "West Yorkshire", "LS1# #@@"),
            city("Aberdeen", "Aberdeenshire", "AB1# #@@"),
            city("Swansea", "West Glamorgan", "SA1 #@@"),
        ],
        streets: ENGLISH_STREETS,
        number_first: true,
    },
    Country {
        name: "United Arab Emirates",
        region: Region::Emea,
        culture: Culture::Arabic,
        zone: "Asia/Dubai",
        weight: 4,
        phone: "+971 4 000 ####",
        cities: &[city("Dubai", "Dubai", "PO Box ####"), city("Sharjah", "Sharjah", "PO Box ####")],
        streets: &["Jebel Ali Free Zone, Gate", "Al Quoz Industrial Area, Street", "Hamriyah Phase"],
        number_first: false,
    },
    Country {
        name: "United States",
        region: Region::Americas,
        culture: Culture::English,
        zone: "America/Chicago",
        weight: 44,
        phone: "+1 312-555-01##",
        cities: &[
            city("Milwaukee", "WI", "532##"),
            city("Houston", "TX", "770##"),
            city("Pittsburgh", "PA", "152##"),
            city("Greenville", "SC", "296##"),
            city("Tacoma", "WA", "984##"),
            city("Toledo", "OH", "436##"),
        ],
        streets: AMERICAN_STREETS,
        number_first: true,
    },
    Country {
        name: "Canada",
        region: Region::Americas,
        culture: Culture::English,
        zone: "America/Toronto",
        weight: 9,
        phone: "+1 905-555-01##",
        cities: &[city("Hamilton", "ON", "L8@ #@#"), city("Trois-Rivières", "QC", "G8@ #@#")],
        streets: AMERICAN_STREETS,
        number_first: true,
    },
    Country {
        name: "Mexico",
        region: Region::Americas,
        culture: Culture::Spanish,
        zone: "America/Mexico_City",
        weight: 7,
        phone: "+52 81 0000 ####",
        cities: &[city("Monterrey", "Nuevo León", "64###"), city("Querétaro", "Querétaro", "76###")],
        streets: &["Avenida Industrial", "Calle Fundición", "Boulevard Aeropuerto", "Carretera Nacional km"],
        number_first: false,
    },
    Country {
        name: "Brazil",
        region: Region::Americas,
        culture: Culture::Portuguese,
        zone: "America/Sao_Paulo",
        weight: 7,
        phone: "+55 11 0000-####",
        cities: &[city("São José dos Campos", "SP", "122##-###"), city("Joinville", "SC", "892##-###")],
        streets: &["Avenida das Indústrias", "Rua do Porto", "Rodovia Anchieta km", "Rua Santos Dumont"],
        number_first: false,
    },
    Country {
        name: "Japan",
        region: Region::Apac,
        culture: Culture::Japanese,
        zone: "Asia/Tokyo",
        weight: 11,
        phone: "+81 3-0000-####",
        cities: &[city("Kawasaki", "Kanagawa", "210-00##"), city("Hamamatsu", "Shizuoka", "430-00##")],
        streets: &["Asahi-cho", "Minato-machi", "Shin-Kogyo-dori", "Sakae-cho"],
        number_first: true,
    },
    Country {
        name: "Singapore",
        region: Region::Apac,
        culture: Culture::Chinese,
        zone: "Asia/Singapore",
        weight: 7,
        phone: "+65 6000 ####",
        cities: &[city("Singapore", "", "6#####")],
        streets: &["Tuas Avenue", "Jurong Pier Road", "Pioneer Sector", "Ubi Crescent"],
        number_first: true,
    },
    Country {
        name: "Australia",
        region: Region::Apac,
        culture: Culture::English,
        zone: "Australia/Sydney",
        weight: 8,
        phone: "+61 2 5550 ####",
        cities: &[city("Newcastle", "NSW", "23##"), city("Geelong", "VIC", "32##"), city("Kwinana", "WA", "61##")],
        streets: ENGLISH_STREETS,
        number_first: true,
    },
    Country {
        name: "India",
        region: Region::Apac,
        culture: Culture::Indian,
        zone: "Asia/Kolkata",
        weight: 8,
        phone: "+91 20 0000 ####",
        cities: &[city("Pune", "Maharashtra", "4110##"), city("Coimbatore", "Tamil Nadu", "6410##")],
        streets: &["MIDC Road", "SIDCO Industrial Estate, Plot", "Ring Road", "Station Road"],
        number_first: true,
    },
    Country {
        name: "South Korea",
        region: Region::Apac,
        culture: Culture::Korean,
        zone: "Asia/Seoul",
        weight: 6,
        phone: "+82 2-000-####",
        cities: &[city("Ulsan", "", "446##"), city("Changwon", "Gyeongnam", "514##")],
        streets: &["Sanup-ro", "Hangman-daero", "Gongdan-gil"],
        number_first: true,
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_lies_in_a_known_zone() {
        for country in COUNTRIES {
            assert!(model::Zone::get(country.zone).is_ok(), "{}", country.zone);
        }
    }
}
