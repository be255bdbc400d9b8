import { assert, connect, refused } from "./connect.mjs";

const conn = await connect();
const table = conn.sobject("BigTable__c");
const rows = Array.from({ length: 2500 }, (_, at) => ({ Count__c: at }));
const saved = await table.create(rows, { allowRecursive: true });
assert.ok(saved.every((row) => row.success));

// The first page has exactly 2,000 rows.
const first = await conn.query("SELECT Id, Name, Count__c FROM BigTable__c ORDER BY Count__c");
assert.equal(first.totalSize, 2500);
assert.equal(first.records.length, 2000);
assert.equal(first.done, false);
assert.match(first.nextRecordsUrl, /\/services\/data\/v[\d.]+\/query\/01g\w{15}-2000$/);
const more = await conn.queryMore(first.nextRecordsUrl);
assert.equal(more.records.length, 500);
assert.equal(more.done, true);
assert.equal(more.records[499].Count__c, 2499);

// All of them, one after the other.
const seen = [];
await new Promise((resolve, reject) => {
  conn
    .query("SELECT Count__c FROM BigTable__c ORDER BY Count__c")
    .on("record", (record) => seen.push(record.Count__c))
    .on("end", resolve)
    .on("error", reject)
    .run({ autoFetch: true, maxFetch: 5000 });
});
assert.equal(seen.length, 2500);
assert.ok(seen.every((count, at) => count === at));

// The query builder, with the star that is expanded from describe.
const found = await table.find({ Count__c: { $gte: 2490 } }, "*").sort({ Count__c: -1 }).limit(3).execute();
assert.deepEqual(found.map((row) => row.Count__c), [2499, 2498, 2497]);

// Parents and children.
const account = await conn.sobject("Account").create({ Name: "Parent" });
await conn.sobject("Contact").create([
  { LastName: "One", AccountId: account.id },
  { LastName: "Two", AccountId: account.id },
]);
const parents = await conn
  .sobject("Account")
  .find({ Id: account.id }, "Id, Name")
  .include("Contacts")
  .select("LastName")
  .end()
  .execute();
assert.deepEqual(parents[0].Contacts.records.map((row) => row.LastName).sort(), ["One", "Two"]);
const contact = await conn.sobject("Contact").findOne({ LastName: "One" }, "LastName, Account.Name");
assert.equal(contact.Account.Name, "Parent");

// Deleted rows.
await conn.sobject("Account").destroy(account.id);
assert.equal((await conn.query("SELECT Id FROM Account")).totalSize, 0);
assert.equal((await conn.query("SELECT Id FROM Account", { scanAll: true })).totalSize, 1);

// What changed and what went. The server's clock starts at 2026-11-21T08:21Z and moves by milliseconds.
const span = ["2026-11-21T08:00:00Z", "2026-11-21T09:00:00Z"];
const went = await conn.sobject("Account").deleted(...span);
assert.deepEqual(went.deletedRecords.map((row) => row.id), [account.id]);
const kept = await conn.sobject("BigTable__c").updated(...span);
assert.equal(kept.ids.length, 2500);

// How a query would be answered.
const explained = await conn.query("SELECT Id FROM BigTable__c WHERE Count__c > 5").explain();
assert.equal(explained.plans[0].leadingOperationType, "TableScan");
assert.equal(explained.plans[0].sobjectCardinality, 2500);

// Several calls in one.
const batch = await conn.requestPost("/composite/batch", { batchRequests: [{ method: "GET", url: `v${conn.version}/limits` }] });
assert.deepEqual([batch.hasErrors, batch.results[0].statusCode], [false, 200]);

// Search.
await conn.sobject("Lead").create({ LastName: "Finder", Company: "Seekers Limited" });
const search = await conn.search("FIND {seekers} IN ALL FIELDS RETURNING Lead(Id, Company)");
assert.deepEqual(search.searchRecords.map((row) => row.Company), ["Seekers Limited"]);

// Errors.
const malformed = await refused(conn.query("SELECT FROM Account"));
assert.equal(malformed.errorCode, "MALFORMED_QUERY");
const field = await refused(conn.query("SELECT Nonsense FROM Account"));
assert.equal(field.errorCode, "INVALID_FIELD");
const locator = await refused(conn.queryMore("01g000000000099AAA-2000"));
assert.equal(locator.errorCode, "INVALID_QUERY_LOCATOR");

// The day's requests are told.
assert.ok(conn.limitInfo.apiUsage.used > 1);

console.log("done");
