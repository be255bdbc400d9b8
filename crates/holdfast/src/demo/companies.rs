//! How companies are called: a stem, a trade, a legal form, each in the language of the place.

use super::names::{Culture, ascii};
use super::random::Rng;

/// What a company is called and does.
pub(super) struct CompanyName {
    /// With the legal form.
    pub(super) full: String,
    /// As people say it.
    pub(super) short: String,
    pub(super) domain: String,
    pub(super) industry: &'static str,
}

/// A company whose name no pattern would make.
pub(super) struct Special {
    pub(super) country: &'static str,
    pub(super) full: &'static str,
    pub(super) short: &'static str,
    pub(super) domain: &'static str,
    pub(super) industry: &'static str,
}

pub(super) const SPECIALS: &[Special] = &[
    Special {
        country: "Germany",
        full: "Gesellschaft für kommunale Wasserversorgung Oberes Wiesental mbH",
        short: "Wasserversorgung Oberes Wiesental",
        domain: "gkw-wiesental",
        industry: "Utilities",
    },
    Special {
        country: "United States",
        full: "Great Lakes Consortium for Bioprocess and Environmental Monitoring",
        short: "Great Lakes Consortium",
        domain: "glc-monitoring",
        industry: "Environmental",
    },
    Special {
        country: "Japan",
        full: "株式会社青葉精密 (Aoba Seimitsu K.K.)",
        short: "Aoba Seimitsu",
        domain: "aoba-seimitsu",
        industry: "Machinery",
    },
    Special {
        country: "Singapore",
        full: "海川工程私人有限公司 (Haichuan Engineering Pte. Ltd.)",
        short: "Haichuan Engineering",
        domain: "haichuan",
        industry: "Engineering",
    },
    Special {
        country: "South Korea",
        full: "한빛화학 주식회사 (Hanbit Chemical Co., Ltd.)",
        short: "Hanbit Chemical",
        domain: "hanbit-chem",
        industry: "Chemicals",
    },
    Special {
        country: "France",
        full: "Société coopérative laitière des Hauts-Plateaux du Jura et du Bugey",
        short: "Laitière des Hauts-Plateaux",
        domain: "laitiere-hauts-plateaux",
        industry: "Food & Beverage",
    },
    Special {
        country: "United Kingdom",
        full: "North Sea Decommissioning & Subsea Integrity Partners plc",
        short: "North Sea Integrity Partners",
        domain: "nsip",
        industry: "Energy",
    },
    Special { country: "Sweden", full: "Öst", short: "Öst", domain: "oest", industry: "Energy" },
];

struct Style {
    stems: &'static [&'static str],
    trades: &'static [(&'static str, &'static str)],
    forms: &'static [&'static str],
    /// The trade stands before the stem (`Acciaierie Bellandi`).
    trade_first: bool,
}

impl Culture {
    const fn style(self) -> Style {
        match self {
            Culture::German => Style {
                stems: &[
                    "Kessler",
                    "Brüggemann",
                    "Hallstein",
                    "Oberwald",
                    "Riedmüller",
                    "Voßkamp",
                    "Lahnberg",
                    "Sternau",
                    "Grünhagen",
                    "Mainthal",
                    "Dürrfeld",
                    "Eschbach",
                    "Tannhof",
                    "Wendtland",
                ],
                trades: &[
                    ("Anlagenbau", "Engineering"),
                    ("Chemie", "Chemicals"),
                    ("Wasserwerke", "Utilities"),
                    ("Maschinenfabrik", "Machinery"),
                    ("Lebensmittel", "Food & Beverage"),
                    ("Energietechnik", "Energy"),
                    ("Papier", "Manufacturing"),
                    ("Biopharma", "Biotechnology"),
                    ("Elektronik", "Electronics"),
                ],
                forms: &["GmbH", "GmbH", "GmbH", "AG", "AG", "GmbH & Co. KG", "GmbH & Co. KG", "SE"],
                trade_first: false,
            },
            Culture::French => Style {
                stems: &[
                    "Valmorel",
                    "Chambrac",
                    "Dormelles",
                    "Ferrières",
                    "Lavaudon",
                    "Montérac",
                    "Rochebrune",
                    "Thévenac",
                ],
                trades: &[
                    ("Chimie", "Chemicals"),
                    ("Énergies", "Energy"),
                    ("Papeteries", "Manufacturing"),
                    ("Eaux", "Utilities"),
                    ("Mécanique", "Machinery"),
                    ("Laboratoires", "Biotechnology"),
                ],
                forms: &["SA", "SAS", "SARL"],
                trade_first: true,
            },
            Culture::Dutch => Style {
                stems: &["Noorderhaven", "Veldkamp", "Westerschelde", "Hoogland", "Brinkman", "Zuiderzee"],
                trades: &[
                    ("Chemie", "Chemicals"),
                    ("Zuivel", "Food & Beverage"),
                    ("Procestechniek", "Engineering"),
                    ("Terminals", "Transportation"),
                    ("Kassenbouw", "Agriculture"),
                ],
                forms: &["B.V.", "B.V.", "N.V."],
                trade_first: false,
            },
            Culture::Nordic => Style {
                stems: &["Björkvik", "Fjällnäs", "Granhult", "Havsund", "Klarälv", "Norrbo"],
                trades: &[
                    ("Massa & Papper", "Manufacturing"),
                    ("Energi", "Energy"),
                    ("Stål", "Manufacturing"),
                    ("Processteknik", "Engineering"),
                    ("Mejeri", "Food & Beverage"),
                ],
                forms: &["AB"],
                trade_first: false,
            },
            Culture::Italian => Style {
                stems: &["Bellandi", "Corradini", "Fossati", "Garlaschi", "Montefiore", "Savorgnan"],
                trades: &[
                    ("Acciaierie", "Manufacturing"),
                    ("Ceramiche", "Manufacturing"),
                    ("Farmaceutici", "Biotechnology"),
                    ("Impianti", "Engineering"),
                    ("Alimentari", "Food & Beverage"),
                ],
                forms: &["S.p.A.", "S.r.l."],
                trade_first: true,
            },
            Culture::Spanish => Style {
                stems: &[
                    "Arrabal",
                    "Cantábrico",
                    "Montalbán",
                    "Peñalara",
                    "Sierra Azul",
                    "Valdeón",
                    "Tres Ríos",
                    "El Carmen",
                ],
                trades: &[
                    ("Química", "Chemicals"),
                    ("Aguas", "Utilities"),
                    ("Cementos", "Construction"),
                    ("Conservas", "Food & Beverage"),
                    ("Energía", "Energy"),
                    ("Autopartes", "Manufacturing"),
                ],
                forms: &["S.A.", "S.L."],
                trade_first: true,
            },
            Culture::Polish => Style {
                stems: &["Bałtyk", "Karpat", "Sudety", "Warta", "Żuraw"],
                trades: &[
                    ("Zakłady Chemiczne", "Chemicals"),
                    ("Wodociągi", "Utilities"),
                    ("Huta", "Manufacturing"),
                    ("Stocznia", "Shipping"),
                ],
                forms: &["S.A.", "sp. z o.o."],
                trade_first: true,
            },
            Culture::Portuguese => Style {
                stems: &["Araguari", "Boa Vista", "Guarapiranga", "Paraíba", "Serra Verde"],
                trades: &[
                    ("Papel e Celulose", "Manufacturing"),
                    ("Usina", "Energy"),
                    ("Química", "Chemicals"),
                    ("Alimentos", "Food & Beverage"),
                    ("Saneamento", "Utilities"),
                ],
                forms: &["S.A.", "Ltda."],
                trade_first: true,
            },
            Culture::Arabic => Style {
                stems: &["Al Noor", "Gulf Horizon", "Hajar", "Red Dune"],
                trades: &[
                    ("Desalination", "Utilities"),
                    ("Petrochemicals", "Chemicals"),
                    ("Marine Services", "Shipping"),
                    ("District Cooling", "Energy"),
                ],
                forms: &["LLC", "FZE"],
                trade_first: false,
            },
            Culture::Japanese => Style {
                stems: &["Asagiri", "Hinode", "Kitayama", "Mizuho Bay", "Shirasagi", "Tatsumi"],
                trades: &[
                    ("Precision", "Machinery"),
                    ("Chemical", "Chemicals"),
                    ("Brewing", "Food & Beverage"),
                    ("Electronics", "Electronics"),
                    ("Shipbuilding", "Shipping"),
                ],
                forms: &["Co., Ltd.", "K.K."],
                trade_first: false,
            },
            Culture::Chinese => Style {
                stems: &["Golden Strait", "Merlimau", "Orchid Bay", "Straits Pacific", "Tembusu"],
                trades: &[
                    ("Semiconductor", "Electronics"),
                    ("Terminals", "Transportation"),
                    ("Biologics", "Biotechnology"),
                    ("Water", "Utilities"),
                ],
                forms: &["Pte. Ltd."],
                trade_first: false,
            },
            Culture::Indian => Style {
                stems: &["Bhavani", "Deccan Ridge", "Konkan", "Sahyadri", "Triveni Valley"],
                trades: &[
                    ("Pharma", "Biotechnology"),
                    ("Textiles", "Apparel"),
                    ("Cement", "Construction"),
                    ("Sugars", "Food & Beverage"),
                    ("Power", "Energy"),
                ],
                forms: &["Pvt. Ltd.", "Ltd."],
                trade_first: false,
            },
            Culture::Korean => Style {
                stems: &["Daehwa", "Geumgang", "Haeundae", "Samjin"],
                trades: &[
                    ("Heavy Industries", "Machinery"),
                    ("Petrochemical", "Chemicals"),
                    ("Battery Materials", "Electronics"),
                ],
                forms: &["Co., Ltd."],
                trade_first: false,
            },
            Culture::English => Style {
                stems: &[
                    "Ashgrove",
                    "Blackwater",
                    "Cedar Ridge",
                    "Dunmore",
                    "Eastbrook",
                    "Foxhollow",
                    "Granite Bay",
                    "Harrowgate",
                    "Ironbridge",
                    "Juniper Falls",
                    "Kestrel",
                    "Larkspur",
                    "Marlow",
                    "Northgate",
                    "Oakhaven",
                    "Pinecrest",
                    "Quarrybank",
                    "Redstone",
                    "Silver Creek",
                    "Thornbury",
                    "Vale Cross",
                    "Wexcombe",
                ],
                trades: &[
                    ("Process Systems", "Engineering"),
                    ("Chemical", "Chemicals"),
                    ("Water Authority", "Utilities"),
                    ("Foods", "Food & Beverage"),
                    ("Energy", "Energy"),
                    ("Paper", "Manufacturing"),
                    ("Biologics", "Biotechnology"),
                    ("Machine Works", "Machinery"),
                    ("Brewing", "Food & Beverage"),
                    ("Midstream", "Energy"),
                    ("Semiconductor", "Electronics"),
                    ("Logistics", "Transportation"),
                ],
                forms: &["", "", "", "Group"],
                trade_first: false,
            },
        }
    }
}

fn english_form(country: &str, rng: &mut Rng) -> &'static str {
    match country {
        "United States" => rng.pick(&["Inc.", "LLC", "Corp.", "Inc."]),
        "Canada" => rng.pick(&["Inc.", "Ltd."]),
        "Australia" => "Pty Ltd",
        _ => rng.pick(&["Ltd", "Ltd", "plc"]),
    }
}

/// A name in the manner of the country; chance may repeat one.
pub(super) fn draw(culture: Culture, country: &str, rng: &mut Rng) -> CompanyName {
    let style = culture.style();
    let stem = rng.pick(style.stems);
    let (trade, industry) = rng.pick(style.trades);
    let mut form = (rng.pick(style.forms)).to_owned();
    if culture == Culture::English {
        let legal = english_form(country, rng);
        form = if form.is_empty() { legal.to_owned() } else { format!("{form} {legal}") };
    }
    let short = if style.trade_first { format!("{trade} {stem}") } else { format!("{stem} {trade}") };
    // The trade is part of the address: two companies may share a stem.
    let domain = format!("{}-{}", ascii(stem), ascii(trade));
    CompanyName { full: format!("{short} {form}"), short, domain, industry }
}
