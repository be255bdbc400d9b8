//! Credentials and sessions as both stores keep them: each found by what it belongs to and by nothing else.

use crate::world::{World, on_both_stores};
use model::{Instant, RecordId};
use store::{Backed as _, Credential, SessionKind, SessionRow};

fn session(world: &World, user: RecordId, token: u8, created: i64, kind: SessionKind) -> SessionRow {
    let now = world.ctx(world.admin).now().ms();
    let at = |ms: i64| Instant::from_ms(now + ms);
    SessionRow {
        token_hash: vec![token; 32],
        user,
        kind,
        client: format!("client {token}"),
        created: at(created),
        expires: at(created + 1_000),
        used: at(created),
        csrf: format!("csrf {token}"),
    }
}

#[test]
fn a_session_is_found_by_its_token_alone_and_ends_alone() {
    on_both_stores(|world| {
        let store = world.org.store();
        let rows = [
            session(world, world.rep, 1, 0, SessionKind::Browser),
            session(world, world.rep, 2, 10, SessionKind::Api),
            session(world, world.peer, 3, 20, SessionKind::Api),
        ];
        store.write(|tx| rows.iter().try_for_each(|row| tx.session_open(row))).expect("opened");
        let found = |token: u8| store.read(|tx| tx.session(&[token; 32])).expect("a reading");
        for row in &rows {
            assert_eq!(found(row.token_hash[0]).as_ref(), Some(row));
        }
        assert_eq!(found(9), None);
        assert_eq!(store.read(|tx| tx.session(&[])).expect("a reading"), None);
        let of = |user: RecordId| {
            let sessions = store.read(|tx| tx.sessions_of(user)).expect("a reading");
            sessions.iter().map(|row| row.token_hash[0]).collect::<Vec<_>>()
        };
        assert_eq!((of(world.rep), of(world.peer), of(world.admin)), (vec![2, 1], vec![3], vec![]), "the newest first");

        let (used, expires) = (rows[0].used.plus_ms(500), rows[0].expires.plus_ms(500));
        store.write(|tx| tx.session_touch(&[1; 32], used, expires)).expect("touched");
        let touched = found(1).expect("it is there");
        assert_eq!((touched.used, touched.expires), (used, expires));
        assert_eq!(found(2).as_ref(), Some(&rows[1]), "others stay as they were");

        assert!(!store.write(|tx| tx.session_close(&[9; 32])).expect("none"));
        assert_eq!(store.write(|tx| tx.sessions_close_others(world.rep, &[1; 32])).expect("ended"), 1);
        assert_eq!((of(world.rep), of(world.peer)), (vec![1], vec![3]));
        assert!(store.write(|tx| tx.session_close(&[1; 32])).expect("ended"));
        assert_eq!(of(world.rep), Vec::<u8>::new());
        assert_eq!(store.write(|tx| tx.sessions_close_of(world.peer)).expect("ended"), 1);
        assert_eq!(found(3), None);
    });
}

#[test]
fn sessions_that_have_expired_go_and_live_ones_stay() {
    on_both_stores(|world| {
        let store = world.org.store();
        let rows = [
            session(world, world.rep, 1, 0, SessionKind::Api),
            session(world, world.rep, 2, 5_000, SessionKind::Api),
            session(world, world.peer, 3, 0, SessionKind::Api),
        ];
        store.write(|tx| rows.iter().try_for_each(|row| tx.session_open(row))).expect("opened");
        world.clock.advance(1_000);
        assert_eq!(store.write(|tx| tx.sessions_close_expired_of(world.rep)).expect("ended"), 1);
        let is_there = |token: u8| store.read(|tx| tx.session(&[token; 32])).expect("a reading").is_some();
        assert_eq!([1, 2, 3].map(is_there), [false, true, true], "another's is that person's to lose");
    });
}

#[test]
fn a_credential_is_of_one_user_and_the_last_one_set_counts() {
    on_both_stores(|world| {
        let store = world.org.store();
        let of = |user: RecordId, failures: u32| Credential {
            user,
            password_hash: format!("hash {failures}"),
            security_token_hash: vec![7, 8],
            failures,
            locked_until: Instant::from_ms(5),
            changed: Instant::from_ms(6),
        };
        let kept = |user: RecordId| store.read(|tx| tx.credential(user)).expect("a reading");
        for (user, failures) in [(world.rep, 1), (world.peer, 2), (world.rep, 3)] {
            store.write(|tx| tx.credential_put(&of(user, failures))).expect("kept");
        }
        assert_eq!(kept(world.rep), Some(of(world.rep, 3)));
        assert_eq!(kept(world.peer), Some(of(world.peer, 2)));
        assert_eq!(kept(world.manager), None);
    });
}
