//! A client that keeps a ledger of its own records: what was acknowledged, and the one request that may be under way.
//!
//! After a crash the server must show either exactly the acknowledged state, or that state with the request under way
//! carried out whole. Anything else is a lost write, a write from nowhere, or half a transaction.

use crate::api::{Api, Reply};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use test_support::Dice;

/// A client's records: accounts by name with their revenue, and the products of its one opportunity by description.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct State {
    accounts: BTreeMap<String, u64>,
    lines: BTreeMap<String, u64>,
}

/// One request, as the ledger sees it.
#[derive(Clone, Debug)]
enum Intent {
    /// All of them or none.
    Put(Vec<(String, u64)>),
    Delete(String),
    AddLine(String, u64),
    /// A request with one bad row that must leave nothing.
    Refused,
}

impl State {
    fn after(&self, intent: &Intent) -> Self {
        let mut state = self.clone();
        match intent {
            Intent::Put(rows) => state.accounts.extend(rows.iter().cloned()),
            Intent::Delete(name) => {
                state.accounts.remove(name);
            }
            Intent::AddLine(description, quantity) => {
                state.lines.insert(description.clone(), *quantity);
            }
            Intent::Refused => {}
        }
        state
    }
}

pub(crate) struct Client {
    number: u64,
    dice: Dice,
    serial: u64,
    state: State,
    ids: BTreeMap<String, String>,
    under_way: Option<Intent>,
    opportunity: String,
    price: String,
}

/// What a step came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Acknowledged,
    /// A request with a bad row was refused, as it must be.
    Declined,
    /// The server said no to a sound request, with this status and text.
    Refused(u16, String),
    /// The server is gone.
    Lost,
}

const UNIT_PRICE: u64 = 7;
/// With more accounts than this a client begins to delete.
const MANY: usize = 30;

impl Client {
    /// A client with an opportunity of its own.
    pub(crate) fn new(api: &Api, number: u64, seed: u64) -> Self {
        let made = |object: &str, body: Value| {
            let reply = api.call("POST", &format!("sobjects/{object}"), Some(&body)).expect("an answer");
            assert_eq!(reply.status, 201, "{object}: {}", reply.body);
            reply.body["id"].as_str().expect("an id").to_owned()
        };
        let book = api.query("SELECT Id FROM Pricebook2 WHERE IsStandard = TRUE")[0]["Id"].clone();
        let product = made("Product2", json!({"Name": format!("Part {number}"), "IsActive": true}));
        let price = made(
            "PricebookEntry",
            json!({"Pricebook2Id": book, "Product2Id": product, "UnitPrice": UNIT_PRICE, "IsActive": true}),
        );
        let opportunity = made(
            "Opportunity",
            json!({"Name": format!("Deal {number}"), "StageName": "Prospecting", "CloseDate": "2030-01-31",
                   "Pricebook2Id": book}),
        );
        let dice = Dice::new(seed.wrapping_mul(31).wrapping_add(number));
        let (state, ids) = (State::default(), BTreeMap::new());
        Self { number, dice, serial: 0, state, ids, under_way: None, opportunity, price }
    }

    /// Sends one request of a kind that chance chooses, and books the answer.
    pub(crate) fn step(&mut self, api: &Api) -> Step {
        let (intent, method, path, body) = self.next_request();
        self.under_way = Some(intent.clone());
        let Ok(reply) = api.call(method, &path, body.as_ref()) else { return Step::Lost };
        self.under_way = None;
        if !(200..300).contains(&reply.status) {
            return Step::Refused(reply.status, reply.body.to_string());
        }
        if matches!(intent, Intent::Refused) {
            let refused = reply.body.as_array().is_some_and(|rows| rows.iter().all(|row| row["success"] == false));
            assert!(refused, "a request with a bad row was carried out: {}", reply.body);
            return Step::Declined;
        } else if let Some(bad) = reply.body.as_array().and_then(|rows| rows.iter().find(|row| row["success"] != true))
        {
            return Step::Refused(reply.status, bad.to_string());
        }
        self.note_ids(&intent, &reply);
        self.state = self.state.after(&intent);
        Step::Acknowledged
    }

    fn next_request(&mut self) -> (Intent, &'static str, String, Option<Value>) {
        let known = self.state.accounts.len() as u64;
        let chance = if known as usize > MANY { 70 + self.dice.below(30) } else { self.dice.below(100) };
        match chance {
            0..20 => {
                let rows = self.new_rows(1);
                let body = self.account(&rows[0]);
                (Intent::Put(rows), "POST", "sobjects/Account".to_owned(), Some(body))
            }
            20..35 => {
                let rows = self.new_rows(5);
                let body = self.collection(&rows, None);
                (Intent::Put(rows), "POST", "composite/sobjects".to_owned(), Some(body))
            }
            35..40 => {
                let rows = self.new_rows(4);
                let mut body = self.collection(&rows, None);
                body["records"].as_array_mut().expect("records").push(json!({"attributes": {"type": "Account"}}));
                (Intent::Refused, "POST", "composite/sobjects".to_owned(), Some(body))
            }
            40..50 => {
                let serial = self.next_serial();
                let description = format!("line {serial}");
                let quantity = 1 + self.dice.below(9);
                let body = json!({"OpportunityId": self.opportunity, "PricebookEntryId": self.price,
                    "Quantity": quantity, "UnitPrice": UNIT_PRICE, "Description": description});
                (Intent::AddLine(description, quantity), "POST", "sobjects/OpportunityLineItem".to_owned(), Some(body))
            }
            50..60 => {
                // An upsert of a new key creates, of a known one updates.
                let row = if known > 0 && self.dice.below(2) == 0 {
                    self.changed(self.pick())
                } else {
                    self.new_rows(1).remove(0)
                };
                let mut body = self.account(&row);
                body.as_object_mut().expect("an object").remove("Key__c");
                let path = format!("sobjects/Account/Key__c/{}", row.0);
                (Intent::Put(vec![row]), "PATCH", path, Some(body))
            }
            60..75 if known > 0 => {
                let row = self.changed(self.pick());
                let path = format!("sobjects/Account/{}", self.ids[&row.0]);
                let body = json!({"AnnualRevenue": row.1});
                (Intent::Put(vec![row]), "PATCH", path, Some(body))
            }
            75..85 if known > 4 => {
                let first = self.dice.below(known - 4) as usize;
                let names: Vec<String> = self.state.accounts.keys().skip(first).take(5).cloned().collect();
                let revenue = self.dice.below(1_000_000);
                let rows: Vec<_> = names.into_iter().map(|name| (name, revenue)).collect();
                let body = self.collection(&rows, Some(&self.ids));
                (Intent::Put(rows), "PATCH", "composite/sobjects".to_owned(), Some(body))
            }
            85.. if known > 0 => {
                let at = self.pick();
                let name = self.state.accounts.keys().nth(at).expect("known").clone();
                let path = format!("sobjects/Account/{}", self.ids[&name]);
                (Intent::Delete(name), "DELETE", path, None)
            }
            _ => {
                let rows = self.new_rows(1);
                let body = self.account(&rows[0]);
                (Intent::Put(rows), "POST", "sobjects/Account".to_owned(), Some(body))
            }
        }
    }

    fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// The place of some known account.
    fn pick(&self) -> usize {
        // The ledger's size and the serial together are chance enough, and leave the dice to the kinds of request.
        (self.serial as usize * 7 + 3) % self.state.accounts.len()
    }

    fn changed(&mut self, at: usize) -> (String, u64) {
        let name = self.state.accounts.keys().nth(at).expect("known").clone();
        (name, self.dice.below(1_000_000))
    }

    fn new_rows(&mut self, count: usize) -> Vec<(String, u64)> {
        (0..count)
            .map(|_| {
                let serial = self.next_serial();
                (format!("client-{}-{serial:06}", self.number), self.dice.below(1_000_000))
            })
            .collect()
    }

    fn account(&self, (name, revenue): &(String, u64)) -> Value {
        json!({"Name": name, "Key__c": name, "Client__c": self.number, "AnnualRevenue": revenue})
    }

    fn collection(&self, rows: &[(String, u64)], ids: Option<&BTreeMap<String, String>>) -> Value {
        let records: Vec<Value> = rows
            .iter()
            .map(|row| {
                let mut record = match ids {
                    Some(ids) => json!({"id": ids[&row.0], "AnnualRevenue": row.1}),
                    None => self.account(row),
                };
                record["attributes"] = json!({"type": "Account"});
                record
            })
            .collect();
        json!({"allOrNone": true, "records": records})
    }

    fn note_ids(&mut self, intent: &Intent, reply: &Reply) {
        let Intent::Put(rows) = intent else { return };
        let answers = reply.body.as_array().cloned().unwrap_or_else(|| vec![reply.body.clone()]);
        for ((name, _), answer) in rows.iter().zip(answers) {
            if let Some(id) = answer["id"].as_str() {
                self.ids.insert(name.clone(), id.to_owned());
            }
        }
    }

    /// Compares the server's records with the ledger and takes over what became of the request under way.
    pub(crate) fn check(&mut self, api: &Api) {
        let seen = self.look(api);
        let acknowledged = self.state.clone();
        let carried_out = self.under_way.take().map(|intent| acknowledged.after(&intent));
        assert!(
            seen == acknowledged || Some(&seen) == carried_out.as_ref(),
            "client {}: the server shows\n{seen:?}\nacknowledged was\n{acknowledged:?}\nor, with the request under way,\n{carried_out:?}",
            self.number
        );
        self.state = seen;
    }

    /// Asks how many accounts there are: the right number or an error, never another number. Says whether it was told.
    pub(crate) fn count(&self, api: &Api) -> bool {
        let soql = format!("SELECT Id FROM Account WHERE Client__c = {}", self.number);
        let path = format!("query?q={}", soql.replace(' ', "+").replace('=', "%3D"));
        let Ok(reply) = api.call("GET", &path, None) else { return false };
        if reply.status != 200 {
            assert_eq!(reply.status, 503, "{}", reply.body);
            return false;
        }
        assert_eq!(reply.body["totalSize"], self.state.accounts.len(), "a wrong answer instead of an error");
        true
    }

    fn look(&mut self, api: &Api) -> State {
        let mut state = State::default();
        let accounts =
            api.query(&format!("SELECT Id, Name, AnnualRevenue FROM Account WHERE Client__c = {}", self.number));
        for row in accounts {
            let name = row["Name"].as_str().expect("a name").to_owned();
            self.ids.insert(name.clone(), row["Id"].as_str().expect("an id").to_owned());
            let twice = state.accounts.insert(name, whole(&row["AnnualRevenue"]));
            assert_eq!(twice, None, "two accounts of one name");
        }
        let lines = api.query(&format!(
            "SELECT Description, Quantity FROM OpportunityLineItem WHERE OpportunityId = '{}'",
            self.opportunity
        ));
        for row in lines {
            state.lines.insert(row["Description"].as_str().expect("text").to_owned(), whole(&row["Quantity"]));
        }
        // The amount is written by the same transaction as the line, on another record.
        let deal = api.query(&format!("SELECT Amount FROM Opportunity WHERE Id = '{}'", self.opportunity));
        let amount = if deal[0]["Amount"].is_null() { 0 } else { whole(&deal[0]["Amount"]) };
        assert_eq!(amount, state.lines.values().sum::<u64>() * UNIT_PRICE, "half a transaction");
        state
    }
}

fn whole(number: &Value) -> u64 {
    number.as_f64().expect("a number") as u64
}
