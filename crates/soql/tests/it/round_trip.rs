//! A tree, written as text and read again, is the same tree.

use crate::generate;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_query_reads_as_it_was_written(query in generate::query()) {
        let text = query.to_string();
        match soql::parse(&text) {
            Ok(read) => prop_assert_eq!(read, query, "{}", text),
            Err(refusal) => prop_assert!(false, "{text}\n{refusal}"),
        }
    }

    #[test]
    fn a_search_reads_as_it_was_written(search in generate::search()) {
        let text = search.to_string();
        match soql::parse_search(&text) {
            Ok(read) => prop_assert_eq!(read, search, "{}", text),
            Err(refusal) => prop_assert!(false, "{text}\n{refusal}"),
        }
    }
}
