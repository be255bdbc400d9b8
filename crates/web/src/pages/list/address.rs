//! The state of a list, all of it in its address: filters, order, page, columns.

use super::filter::Filter;
use crate::server::Params;
use crate::server::params::address;

pub(crate) const SIZES: [u32; 3] = [50, 100, 200];

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListAddress {
    pub(crate) object: String,
    /// Part of the name.
    pub(crate) words: String,
    pub(crate) filters: Vec<Filter>,
    /// A field, descending when marked.
    pub(crate) sort: Option<(String, bool)>,
    /// From 1.
    pub(crate) page: u64,
    pub(crate) size: u32,
    /// The chosen columns; none for the object's own.
    pub(crate) columns: Option<Vec<String>>,
}

impl ListAddress {
    pub(crate) fn of(object: &str) -> Self {
        Self {
            object: object.to_owned(),
            words: String::new(),
            filters: Vec::new(),
            sort: None,
            page: 1,
            size: SIZES[0],
            columns: None,
        }
    }

    /// What an address says; what it says wrongly is left out, so that an old link still shows a list.
    pub(crate) fn read(object: &str, query: &Params) -> Self {
        let sort = query.given("sort").map(|text| match text.strip_prefix('-') {
            Some(field) => (field.to_owned(), true),
            None => (text.to_owned(), false),
        });
        let columns = query
            .given("cols")
            .map(|text| text.split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect());
        Self {
            object: object.to_owned(),
            words: query.given("q").unwrap_or_default().to_owned(),
            filters: query.all("f").filter_map(Filter::parse).collect(),
            sort,
            page: query.given("page").and_then(|text| text.parse().ok()).filter(|page| *page > 0).unwrap_or(1),
            size: query
                .given("size")
                .and_then(|text| text.parse().ok())
                .filter(|size| SIZES.contains(size))
                .unwrap_or(SIZES[0]),
            columns,
        }
    }

    /// Names and values of the address.
    pub(crate) fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if !self.words.is_empty() {
            pairs.push(("q", self.words.clone()));
        }
        pairs.extend(self.filters.iter().map(|filter| ("f", filter.to_string())));
        if let Some((field, descending)) = &self.sort {
            pairs.push(("sort", if *descending { format!("-{field}") } else { field.clone() }));
        }
        if let Some(columns) = &self.columns {
            pairs.push(("cols", columns.join(",")));
        }
        if self.size != SIZES[0] {
            pairs.push(("size", self.size.to_string()));
        }
        if self.page > 1 {
            pairs.push(("page", self.page.to_string()));
        }
        pairs
    }

    pub(crate) fn href(&self) -> String {
        self.href_to(&format!("/o/{}", self.object))
    }

    /// The same rows under another path: the export.
    pub(crate) fn href_to(&self, path: &str) -> String {
        let pairs = self.pairs();
        address(path, pairs.iter().map(|(name, value)| (*name, value.as_str())))
    }

    /// This address with one more thing said: a chooser that is open.
    pub(crate) fn href_with(&self, name: &str, value: &str) -> String {
        let pairs = self.pairs();
        let all = pairs.iter().map(|(name, value)| (*name, value.as_str())).chain([(name, value)]);
        address(&format!("/o/{}", self.object), all)
    }

    /// The address after a change; it begins at the first page again.
    pub(crate) fn changed(&self, change: impl FnOnce(&mut Self)) -> Self {
        let mut other = self.clone();
        other.page = 1;
        change(&mut other);
        other
    }

    pub(crate) fn is_filtered(&self) -> bool {
        !self.words.is_empty() || !self.filters.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_all_of_a_list_and_is_read_back() {
        let query =
            "q=a+b&f=StageName%3Ais%3AClosed+Won&f=Amount%3Age%3A100&sort=-Amount&cols=Name%2CAmount&size=100&page=3";
        let list = ListAddress::read("Opportunity", &Params::parse(query.as_bytes()));
        assert_eq!(list.href(), format!("/o/Opportunity?{query}"));
        assert_eq!(
            list.changed(|list| list.filters.clear()).href(),
            "/o/Opportunity?q=a+b&sort=-Amount&cols=Name%2CAmount&size=100"
        );
    }

    #[test]
    fn nonsense_in_an_address_is_left_out() {
        let list = ListAddress::read("Account", &Params::parse(b"f=x&f=Name:nope:1&page=-3&size=7&sort=&cols="));
        assert_eq!(list, ListAddress::of("Account"));
    }
}
