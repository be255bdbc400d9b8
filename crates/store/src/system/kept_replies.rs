//! Replies kept under a key that the caller chose, so that a request sent twice is carried out once.

use crate::driver::{Param, first};
use crate::org::WriteTx;
use crate::read::{blob_column, int_column, text_column};
use model::{Error, RecordId, Result};
use sha2::{Digest as _, Sha256};

/// A key is remembered for a day.
const LIFE_MS: i64 = 86_400_000;

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptReply {
    pub status: u16,
    /// The address of what was made; empty without one.
    pub location: String,
    pub body: String,
}

/// What a key turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyClaim {
    /// It is the caller's from now on, if the transaction is kept.
    New,
    /// The same request was carried out before.
    Repeated(KeptReply),
    /// It stands for another request.
    Taken,
}

impl WriteTx<'_> {
    /// Claims a key for a request. Of two transactions that claim one key the second waits for the end of the first.
    ///
    /// # Errors
    /// What the database reports.
    pub fn reply_claim(&mut self, user: RecordId, key: &str, request: &[u8]) -> Result<KeyClaim> {
        let (now, hash, asked) = (self.now().ms(), hash(key.as_bytes()), hash(request));
        let sql = self.sql("DELETE FROM hf_kept_reply WHERE at_ms <= ?");
        self.connection().execute(&sql, &[(now - LIFE_MS).into()])?;
        let sql = self.sql(
            "INSERT INTO hf_kept_reply (user_id, key_hash, request_hash, at_ms, status, location, body) \
             VALUES (?, ?, ?, ?, 0, '', '') ON CONFLICT (user_id, key_hash) DO NOTHING",
        );
        let user = Param::from(user.as_i64());
        let params = [user.clone(), hash.clone().into(), asked.clone().into(), now.into()];
        if self.connection().execute(&sql, &params)? == 1 {
            return Ok(KeyClaim::New);
        }
        let sql = self
            .sql("SELECT request_hash, status, location, body FROM hf_kept_reply WHERE user_id = ? AND key_hash = ?");
        let found = first(self.connection(), &sql, &[user, hash.into()], |row| {
            let status = u16::try_from(int_column(row, 1)?).map_err(Error::internal)?;
            let reply = KeptReply { status, location: text_column(row, 2)?, body: text_column(row, 3)? };
            Ok((blob_column(row, 0)?, reply))
        })?;
        match found {
            Some((request, reply)) if request == asked => Ok(KeyClaim::Repeated(reply)),
            Some(_) => Ok(KeyClaim::Taken),
            None => Err(Error::internal("a key that was taken is not there")),
        }
    }

    /// Keeps the reply to the request that claimed the key in this transaction.
    ///
    /// # Errors
    /// What the database reports.
    pub fn reply_keep(&mut self, user: RecordId, key: &str, reply: &KeptReply) -> Result<()> {
        let sql =
            self.sql("UPDATE hf_kept_reply SET status = ?, location = ?, body = ? WHERE user_id = ? AND key_hash = ?");
        let params = [
            i64::from(reply.status).into(),
            reply.location.as_str().into(),
            reply.body.as_str().into(),
            user.as_i64().into(),
            hash(key.as_bytes()).into(),
        ];
        self.connection().execute(&sql, &params).map(|_| ())
    }
}

fn hash(bytes: &[u8]) -> Vec<u8> {
    Sha256::digest(bytes).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Installed;
    use model::KeyPrefix;

    #[test]
    fn a_key_stands_for_one_request_of_one_user_and_only_when_it_was_carried_out() {
        Installed::on_both_stores(|installed| {
            let org = installed.create_org();
            let user = |number: u64| RecordId::new(KeyPrefix::known("005"), number);
            let reply = KeptReply { status: 201, location: "/x".to_owned(), body: "{}".to_owned() };
            let undone: Result<()> = org.write(|tx| {
                assert_eq!(tx.reply_claim(user(1), "k", b"request")?, KeyClaim::New);
                Err(Error::internal("changed its mind"))
            });
            assert!(undone.is_err());
            let claim = |number: u64, key: &str, request: &[u8]| {
                org.write(|tx| {
                    let claim = tx.reply_claim(user(number), key, request)?;
                    if claim == KeyClaim::New {
                        tx.reply_keep(user(number), key, &reply)?;
                    }
                    Ok(claim)
                })
                .expect("a claim")
            };
            assert_eq!(claim(1, "k", b"request"), KeyClaim::New);
            assert_eq!(claim(1, "k", b"request"), KeyClaim::Repeated(reply.clone()));
            assert_eq!(claim(1, "k", b"other"), KeyClaim::Taken);
            assert_eq!(claim(2, "k", b"other"), KeyClaim::New);
            assert_eq!(claim(1, "l", b"other"), KeyClaim::New);
        });
    }

    #[test]
    fn of_two_requests_at_the_same_instant_the_second_gets_the_reply_of_the_first() {
        Installed::on_both_stores(|installed| {
            let org = installed.create_org();
            let user = RecordId::new(KeyPrefix::known("005"), 1);
            let reply = KeptReply { status: 201, location: String::new(), body: "first".to_owned() };
            let (claimed, is_claimed) = std::sync::mpsc::channel();
            let (coming, is_coming) = std::sync::mpsc::channel();
            std::thread::scope(|scope| {
                let (org, reply) = (&org, &reply);
                scope.spawn(move || {
                    let first = org.write(|tx| {
                        let claim = tx.reply_claim(user, "k", b"request")?;
                        claimed.send(()).map_err(Error::internal)?;
                        is_coming.recv().map_err(Error::internal)?;
                        tx.reply_keep(user, "k", reply)?;
                        Ok(claim)
                    });
                    assert_eq!(first.expect("a claim"), KeyClaim::New);
                });
                is_claimed.recv().expect("the first has the key");
                coming.send(()).expect("the first waits for it");
                let second = org.write(|tx| tx.reply_claim(user, "k", b"request"));
                assert_eq!(second.expect("a claim"), KeyClaim::Repeated(reply.clone()));
            });
        });
    }
}
