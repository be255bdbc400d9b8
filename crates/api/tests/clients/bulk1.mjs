import { assert, connect, refused } from "./connect.mjs";

const conn = await connect();
conn.bulk.pollInterval = 50;
conn.bulk.pollTimeout = 60000;

const input = Array.from({ length: 700 }, (_, at) => ({ Name: `Bulk ${at}`, NumberOfEmployees: at }));
input.push({ Name: null, NumberOfEmployees: 1 });
const loaded = await conn.bulk.load("Account", "insert", input);
assert.equal(loaded.length, 701);
assert.deepEqual(loaded[0], { id: loaded[0].id, success: true, created: true, errors: [] });
assert.equal(loaded[700].success, false);
assert.equal(loaded[700].id, null);
assert.match(loaded[700].errors[0], /^REQUIRED_FIELD_MISSING:/);

const changed = await conn.bulk.load("Account", "update", [{ Id: loaded[0].id, Website: "bulk.example" }]);
assert.deepEqual([changed[0].success, changed[0].created], [true, false]);
const upserted = await conn.bulk.load("UpsertTable__c", "upsert", { extIdField: "ExtId__c", concurrencyMode: "Serial" }, [
  { Name: "One", ExtId__c: "1" },
  { Name: "Two", ExtId__c: "2" },
]);
assert.deepEqual(upserted.map((row) => row.created), [true, true]);
const deleted = await conn.bulk.load("Account", "delete", [{ Id: loaded[1].id }]);
assert.equal(deleted[0].success, true);
const gone = await conn.bulk.load("Account", "hardDelete", [{ Id: loaded[2].id }]);
assert.equal(gone[0].success, true);

const rows = [];
for await (const row of await conn.bulk.query("SELECT Id, Name, Owner.Username FROM Account ORDER BY NumberOfEmployees")) rows.push(row);
assert.equal(rows.length, 698);
assert.equal(rows[0].Name, "Bulk 0");
assert.equal(rows[0]["Owner.Username"], "admin@one.example");

// Several batches of one job, looked at one by one.
const job = conn.bulk.createJob("Account", "insert");
const first = job.createBatch();
await new Promise((resolve, reject) => {
  first.on("queue", resolve);
  first.on("error", reject);
  first.execute("Name\nFirst\n");
});
const second = job.createBatch();
await new Promise((resolve, reject) => {
  second.on("queue", resolve);
  second.on("error", reject);
  second.execute([{ Name: "Second" }]);
});
assert.equal((await job.list()).length, 2);
second.poll(50, 60000);
assert.equal((await second)[0].success, true);
assert.equal((await job.check()).numberBatchesTotal, "2");
assert.equal((await job.close()).state, "Closed");

// Errors.
const broken = await refused(conn.bulk.load("Account", "insert", [{ Nonsense: 1 }]));
assert.match(broken.message, /InvalidBatch : Field name not found : Nonsense/);
const nonsense = await refused(conn.bulk.load("Nonsense", "insert", [{ Name: "x" }]));
assert.equal(nonsense.errorCode, "InvalidEntity");

// A token that has ended is what the client asks a new one for.
const expired = await fetch(`${conn.instanceUrl}/services/async/60.0/job/750000000000001AAA`, {
  headers: { "X-SFDC-Session": "00D000000000001!nobody" },
});
assert.equal(expired.status, 400);
assert.match(await expired.text(), /<exceptionCode>InvalidSessionId<\/exceptionCode>/);

console.log("done");
