//! What a route is, and how a path finds one. Fixed names compare without case; trailing slashes mean nothing.

use crate::call::Call;
use crate::reply::Reply;
use crate::version;
use crate::work::Work;
use model::Result;
use percent_encoding::percent_decode_str;
use platform::Ctx;
use std::fmt;
use std::io::Read;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Verb {
    /// Reads a method; HEAD is a GET whose body is not sent.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text.to_ascii_uppercase().as_str() {
            "GET" | "HEAD" => Some(Verb::Get),
            "POST" => Some(Verb::Post),
            "PUT" => Some(Verb::Put),
            "PATCH" => Some(Verb::Patch),
            "DELETE" => Some(Verb::Delete),
            _ => None,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Verb::Get => "GET",
            Verb::Post => "POST",
            Verb::Put => "PUT",
            Verb::Patch => "PATCH",
            Verb::Delete => "DELETE",
        }
    }
}

/// Who may call a route at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// Anybody: the handler asks for a proof of its own, or tells nothing of any org.
    Open,
    /// A live token.
    Session,
    /// A live token of a user with the permission to use the API; the call counts against the day's requests.
    Data,
}

/// What answers a route; the kind says who may call it, so that a handler cannot forget to ask.
#[derive(Clone, Copy)]
pub(crate) enum Handler {
    Open(fn(&Call) -> Result<Reply>),
    Session(fn(&Ctx, &Call) -> Result<Reply>),
    Data(fn(&Ctx, &Call) -> Result<Reply>),
    /// As `Data`, and able to run inside a larger call that is kept whole or not at all.
    Records(fn(&mut Work<'_, '_, '_>, &Call) -> Result<Reply>),
    /// As `Data`, for bodies that are larger than memory: they are read as they arrive.
    Upload(fn(&Ctx, &Call, &mut dyn Read) -> Result<Reply>),
}

/// One address with one method.
#[derive(Clone, Copy)]
pub struct Route {
    pub verb: Verb,
    /// `/services/data/v{version}/sobjects/{object}`
    pub pattern: &'static str,
    /// `noun_verb`, unique: the operation in logs, tests and the OpenAPI document.
    pub name: &'static str,
    pub summary: &'static str,
    /// Parameters of the query: name and meaning.
    pub query: &'static [(&'static str, &'static str)],
    /// Name of the schema of its body.
    pub body: Option<&'static str>,
    /// Statuses that are no general refusal, with the name of their body's schema; an empty name is no body.
    pub replies: &'static [(u16, &'static str)],
    pub(crate) handler: Handler,
}

impl Route {
    pub fn gate(&self) -> Gate {
        match self.handler {
            Handler::Open(_) => Gate::Open,
            Handler::Session(_) => Gate::Session,
            Handler::Data(_) | Handler::Records(_) | Handler::Upload(_) => Gate::Data,
        }
    }

    /// Whether its body may have several parts, files among them.
    pub(crate) fn takes_files(&self) -> bool {
        matches!(self.name, "record_create" | "record_update")
    }
}

impl Route {
    /// Whether it belongs to the older bulk interface, with a carrier of tokens and errors of its own.
    pub(crate) fn is_async(&self) -> bool {
        self.pattern.starts_with("/services/async/")
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.verb.as_str(), self.pattern, self.name)
    }
}

/// What a path leads to.
#[derive(Debug)]
pub(crate) enum Found {
    Route(&'static Route, Vec<(&'static str, String)>),
    /// The path is known with other methods.
    OtherVerbs(Vec<Verb>),
    Nothing,
}

/// Finds the route of a raw (still encoded) path. A fixed name beats a parameter, from left to right.
pub(crate) fn find(routes: &'static [Route], verb: Option<Verb>, path: &str) -> Found {
    let segments: Vec<&str> = path.trim_start_matches('/').trim_end_matches('/').split('/').collect();
    let mut matches: Vec<_> =
        routes.iter().filter_map(|route| Some((route, match_one(route.pattern, &segments)?))).collect();
    // Fixed names first: `describe` must not be taken for a record id.
    matches.sort_by(|a, b| b.1.fixed.cmp(&a.1.fixed));
    let Some(best) = matches.first().map(|(_, found)| found.fixed.clone()) else { return Found::Nothing };
    let mut verbs = Vec::new();
    for (route, found) in matches.into_iter().filter(|(_, found)| found.fixed == best) {
        if Some(route.verb) == verb {
            return Found::Route(route, found.params);
        }
        verbs.push(route.verb);
    }
    Found::OtherVerbs(verbs)
}

struct Match {
    fixed: Vec<bool>,
    params: Vec<(&'static str, String)>,
}

fn match_one(pattern: &'static str, segments: &[&str]) -> Option<Match> {
    let mut given = segments.iter();
    let mut found = Match { fixed: Vec::new(), params: Vec::new() };
    for expected in pattern.trim_start_matches('/').split('/') {
        let decoded = percent_decode_str(given.next()?).decode_utf8().ok()?;
        match expected.strip_suffix('}').and_then(|expected| expected.split_once('{')) {
            Some((prefix, name)) => {
                let value = strip_prefix_ignoring_case(&decoded, prefix)?;
                if value.is_empty() || (name == "version" && version::parse(value).is_none()) {
                    return None;
                }
                found.fixed.push(false);
                found.params.push((name, value.to_owned()));
            }
            None if decoded.eq_ignore_ascii_case(expected) => found.fixed.push(true),
            None => return None,
        }
    }
    given.next().is_none().then_some(found)
}

fn strip_prefix_ignoring_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let start = text.get(..prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ROUTES;

    fn name_of(verb: Verb, path: &str) -> Option<(&'static str, Vec<String>)> {
        match find(ROUTES, Some(verb), path) {
            Found::Route(route, params) => Some((route.name, params.into_iter().map(|(_, value)| value).collect())),
            Found::OtherVerbs(_) | Found::Nothing => None,
        }
    }

    #[test]
    fn fixed_names_ignore_case_and_trailing_slashes() {
        let expected = Some(("sobject_describe", vec!["60.0".to_owned(), "Account".to_owned()]));
        assert_eq!(name_of(Verb::Get, "/services/data/v60.0/sobjects/Account/describe"), expected);
        assert_eq!(name_of(Verb::Get, "/services/Data/V60.0/SObjects/Account/Describe/"), expected);
    }

    #[test]
    fn a_slash_inside_a_value_is_no_separator() {
        let found = name_of(Verb::Get, "/services/data/v60.0/sobjects/Account/Key__c/a%2Fb");
        assert_eq!(
            found,
            Some(("external_record_get", ["60.0", "Account", "Key__c", "a/b"].map(str::to_owned).to_vec()))
        );
    }

    #[test]
    fn another_method_is_told_which_ones_there_are() {
        match find(ROUTES, Some(Verb::Put), "/services/data/v60.0/query") {
            Found::OtherVerbs(verbs) => assert_eq!(verbs, [Verb::Get]),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_version_that_is_not_listed_leads_nowhere() {
        assert_eq!(name_of(Verb::Get, "/services/data/v12.0/query"), None);
        assert_eq!(name_of(Verb::Get, "/services/data/v60/query"), None);
    }

    #[test]
    fn names_are_unique_and_no_two_routes_share_an_address() {
        let mut names: Vec<_> = ROUTES.iter().map(|route| route.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ROUTES.len());
        let mut addresses: Vec<_> = ROUTES.iter().map(|route| (route.verb.as_str(), route.pattern)).collect();
        addresses.sort_unstable();
        addresses.dedup();
        assert_eq!(addresses.len(), ROUTES.len());
    }
}
