//! Lists whose items have names: written as arrays, read as arrays or as maps from name to item.

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, de};
use std::fmt;
use std::marker::PhantomData;

/// An item that is called by its place where it has no name.
pub(super) trait Named {
    const PREFIX: &'static str;

    fn name_mut(&mut self) -> &mut String;
}

/// A property for which null means its default.
pub(super) fn nullable<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(reader: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(reader)?.unwrap_or_default())
}

/// One text, or several.
pub(super) fn one_or_many<'de, D: Deserializer<'de>>(reader: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Given {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Option::<Given>::deserialize(reader)? {
        None => Vec::new(),
        Some(Given::One(text)) if text.is_empty() => Vec::new(),
        Some(Given::One(text)) => vec![text],
        Some(Given::Many(texts)) => texts,
    })
}

pub(super) fn named<'de, D: Deserializer<'de>, T: Deserialize<'de> + Named>(reader: D) -> Result<Vec<T>, D::Error> {
    reader.deserialize_any(Items(PhantomData))
}

struct Items<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Named> Visitor<'de> for Items<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of formulas")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Vec<T>, E> {
        Ok(Vec::new())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut out: Vec<T> = Vec::new();
        while let Some(mut item) = items.next_element::<T>()? {
            if item.name_mut().is_empty() {
                *item.name_mut() = format!("{}{}", T::PREFIX, out.len() + 1);
            }
            out.push(item);
        }
        Ok(out)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Vec<T>, A::Error> {
        let mut out: Vec<T> = Vec::new();
        while let Some((name, mut item)) = items.next_entry::<String, T>()? {
            *item.name_mut() = name;
            out.push(item);
        }
        Ok(out)
    }
}
