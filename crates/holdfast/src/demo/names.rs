//! Given and family names by language, and the ASCII form an address book gives them.

/// Where a person's or a company's name comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Culture {
    English,
    German,
    French,
    Dutch,
    Nordic,
    Italian,
    Spanish,
    Polish,
    Portuguese,
    Arabic,
    Japanese,
    Chinese,
    Indian,
    Korean,
}

pub(super) struct Names {
    pub(super) women: &'static [&'static str],
    pub(super) men: &'static [&'static str],
    pub(super) families: &'static [&'static str],
}

impl Culture {
    pub(super) const fn names(self) -> Names {
        match self {
            Culture::English => Names {
                women: &["Alice", "Grace", "Hannah", "Imogen", "Latoya", "Megan", "Naomi", "Rebecca", "Sian", "Tara"],
                men: &["Andre", "Callum", "Derek", "Elliot", "Gareth", "Isaac", "Malcolm", "Owen", "Reuben", "Trevor"],
                families: &[
                    "Abernathy",
                    "Bancroft",
                    "Carmichael",
                    "Delaney",
                    "Fairweather",
                    "Grantham",
                    "Hollis",
                    "Iverson",
                    "Kensington",
                    "Lockhart",
                    "McAllister",
                    "Nwosu",
                    "O'Rourke",
                    "Pemberton",
                    "Ridgeway",
                    "Stanhope",
                    "Thackeray",
                    "Underhill",
                    "Whitlock",
                    "Yardley",
                ],
            },
            Culture::German => Names {
                women: &["Anke", "Birgit", "Claudia", "Franziska", "Heike", "Jana", "Katrin", "Silke", "Ute", "Yvonne"],
                men: &[
                    "Andreas", "Bernd", "Dieter", "Florian", "Jörg", "Jürgen", "Matthias", "Rainer", "Stefan", "Uwe",
                ],
                families: &[
                    "Ackermann",
                    "Böttcher",
                    "Dörfler",
                    "Eichhorn",
                    "Fährmann",
                    "Großkopf",
                    "Hübner",
                    "Kirchner",
                    "Lindemann",
                    "Mühlhäuser",
                    "Oberländer",
                    "Pfeiffer",
                    "Reuß",
                    "Schönfeld",
                    "Trautwein",
                    "Ullrich",
                    "Vogelsang",
                    "Weißgerber",
                    "Zöllner",
                ],
            },
            Culture::French => Names {
                women: &["Aurélie", "Chloé", "Élodie", "Françoise", "Hélène", "Margaux", "Océane", "Sylvie"],
                men: &["Antoine", "Benoît", "Cédric", "Étienne", "Gaël", "Jérôme", "Rémi", "Thibault"],
                families: &[
                    "Beaumont",
                    "Charpentier",
                    "Delacroix",
                    "Esnault",
                    "Fontaine",
                    "Guérin",
                    "Lefèvre",
                    "Marchand",
                    "Noël",
                    "Perrault",
                    "Roussel",
                    "Saint-Clair",
                    "Tessier",
                    "Vasseur",
                ],
            },
            Culture::Dutch => Names {
                women: &["Anouk", "Femke", "Ingeborg", "Lotte", "Marieke", "Saskia"],
                men: &["Bram", "Diederik", "Jeroen", "Koen", "Maarten", "Sjoerd"],
                families: &[
                    "Bakker",
                    "de Graaf",
                    "Dijkstra",
                    "Hoekstra",
                    "Kuipers",
                    "Meijer",
                    "Postma",
                    "Smeets",
                    "van den Heuvel",
                    "van der Linden",
                    "Verhoeven",
                    "Zijlstra",
                ],
            },
            Culture::Nordic => Names {
                women: &["Åsa", "Birgitta", "Helga", "Kerstin", "Linnéa", "Marit", "Sanna", "Tuva"],
                men: &["Anders", "Björn", "Gösta", "Håkan", "Jukka", "Lars", "Mikkel", "Øyvind"],
                families: &[
                    "Åkesson",
                    "Bergström",
                    "Dahl",
                    "Ekholm",
                    "Hägglund",
                    "Jørgensen",
                    "Korhonen",
                    "Lindqvist",
                    "Nygård",
                    "Rosenqvist",
                    "Sjöberg",
                    "Tveit",
                ],
            },
            Culture::Italian => Names {
                women: &["Alessandra", "Chiara", "Federica", "Ilaria", "Ornella", "Silvia"],
                men: &["Davide", "Emanuele", "Fabrizio", "Lorenzo", "Niccolò", "Umberto"],
                families: &[
                    "Bellini",
                    "Conti",
                    "D'Angelo",
                    "Fabbri",
                    "Gallo",
                    "Locatelli",
                    "Moretti",
                    "Pellegrini",
                    "Rinaldi",
                    "Santoro",
                    "Venturi",
                    "Zanetti",
                ],
            },
            Culture::Spanish => Names {
                women: &["Begoña", "Carmen", "Itziar", "Lucía", "Noemí", "Rocío", "Valeria", "Ximena"],
                men: &["Álvaro", "Andrés", "Gonzalo", "Íñigo", "Jesús", "Martín", "Óscar", "Raúl"],
                families: &[
                    "Aguirre",
                    "Benítez",
                    "Cifuentes",
                    "Domínguez",
                    "Echeverría",
                    "Fuentes",
                    "Ibáñez",
                    "Lozano",
                    "Muñoz",
                    "Ordóñez",
                    "Peña",
                    "Quiroga",
                    "Sepúlveda",
                    "Villanueva",
                ],
            },
            Culture::Polish => Names {
                women: &["Agnieszka", "Beata", "Grażyna", "Katarzyna", "Małgorzata", "Zofia"],
                men: &["Bartosz", "Grzegorz", "Łukasz", "Paweł", "Sławomir", "Wojciech"],
                families: &[
                    "Adamczyk",
                    "Błaszczyk",
                    "Dąbrowski",
                    "Górski",
                    "Jabłoński",
                    "Kowalczuk",
                    "Piątek",
                    "Sikora",
                    "Wójcik",
                    "Zając",
                ],
            },
            Culture::Portuguese => Names {
                women: &["Bruna", "Conceição", "Inês", "Luísa", "Renata", "Thaís"],
                men: &["Caio", "Estêvão", "Gonçalo", "João", "Otávio", "Thiago"],
                families: &[
                    "Azevedo",
                    "Brandão",
                    "Cavalcanti",
                    "Figueiredo",
                    "Guimarães",
                    "Magalhães",
                    "Nogueira",
                    "Queirós",
                    "Simões",
                    "Vasconcelos",
                ],
            },
            Culture::Arabic => Names {
                women: &["Amal", "Dalia", "Hanan", "Noura", "Rania", "Yasmin"],
                men: &["Bilal", "Faisal", "Hamza", "Karim", "Rashid", "Tariq"],
                families: &["Al Farsi", "Al Hashimi", "Bishara", "Darwish", "Khoury", "Mansour", "Nasser", "Saleh"],
            },
            Culture::Japanese => Names {
                women: &["Aiko", "Chihiro", "Haruka", "Mariko", "Sayuri", "Yuki"],
                men: &["Daisuke", "Hideo", "Kazuo", "Makoto", "Ryota", "Takeshi"],
                families: &[
                    "Fujimoto",
                    "Hasegawa",
                    "Ishikawa",
                    "Kobayashi",
                    "Matsuda",
                    "Nakamura",
                    "Okada",
                    "Shimizu",
                    "Uchida",
                    "Yamashita",
                ],
            },
            Culture::Chinese => Names {
                women: &["Hui Min", "Jia Ying", "Li Na", "Mei Ling", "Shu Fen", "Xiao Yan"],
                men: &["Boon Kiat", "Chee Keong", "Jun Wei", "Kok Wah", "Ming", "Zhi Hao"],
                families: &["Chua", "Goh", "Huang", "Koh", "Lim", "Ng", "Ong", "Wong", "Yeo", "Zhang"],
            },
            Culture::Indian => Names {
                women: &["Ananya", "Deepa", "Kavita", "Lakshmi", "Priya", "Shreya"],
                men: &["Anil", "Harish", "Manoj", "Rohan", "Sanjay", "Vikram"],
                families: &[
                    "Banerjee",
                    "Chaudhary",
                    "Deshpande",
                    "Iyer",
                    "Kulkarni",
                    "Mehta",
                    "Nair",
                    "Reddy",
                    "Subramanian",
                    "Venkatesan",
                ],
            },
            Culture::Korean => Names {
                women: &["Eun-ji", "Hye-won", "Ji-min", "Min-seo", "Seo-yeon", "Yoon-ah"],
                men: &["Dong-hyun", "Jae-sung", "Joon-ho", "Min-jun", "Sang-woo", "Tae-yang"],
                families: &["Bae", "Choi", "Han", "Jung", "Kang", "Kwon", "Lim", "Seo", "Shin", "Yoon"],
            },
        }
    }
}

/// Lower-case letters and digits only: `Jörg` → `joerg`, `van den Heuvel` → `vandenheuvel`. Signs of other scripts are
/// left out, so names in them bring their own spelling.
pub(super) fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' => out.push(letter),
            'ä' | 'æ' => out.push_str("ae"),
            'ö' | 'ø' | 'œ' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'ß' => out.push_str("ss"),
            'å' => out.push_str("aa"),
            'à' | 'á' | 'â' | 'ã' | 'ą' => out.push('a'),
            'ç' | 'ć' | 'č' => out.push('c'),
            'è' | 'é' | 'ê' | 'ë' | 'ę' => out.push('e'),
            'ì' | 'í' | 'î' | 'ï' => out.push('i'),
            'ł' => out.push('l'),
            'ñ' | 'ń' => out.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' => out.push('o'),
            'ś' | 'š' => out.push('s'),
            'ù' | 'ú' | 'û' => out.push('u'),
            'ż' | 'ź' | 'ž' => out.push('z'),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_addresses_in_ascii() {
        assert_eq!(ascii("Jörg"), "joerg");
        assert_eq!(ascii("van den Heuvel"), "vandenheuvel");
        assert_eq!(ascii("Małgorzata O'Łuczyńska"), "malgorzataoluczynska");
        assert_eq!(ascii("青葉"), "");
    }
}
