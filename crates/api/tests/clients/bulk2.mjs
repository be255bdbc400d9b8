import { assert, connect, refused } from "./connect.mjs";

const conn = await connect();
conn.bulk2.pollInterval = 50;
conn.bulk2.pollTimeout = 60000;

async function rowsOf(stream) {
  const rows = [];
  for await (const row of stream) rows.push(row);
  return rows;
}

// Rows in, of every kind.
const input = Array.from({ length: 1200 }, (_, at) => ({ Name: `Bulk ${at}`, NumberOfEmployees: at, Description: at % 2 ? null : `"a",\nb ${at}` }));
input.push({ Name: null, NumberOfEmployees: 1, Description: "no name" });
const loaded = await conn.bulk2.loadAndWaitForResults({ object: "Account", operation: "insert", input });
assert.equal(loaded.successfulResults.length, 1200);
assert.equal(loaded.failedResults.length, 1);
assert.match(loaded.failedResults[0].sf__Error, /^REQUIRED_FIELD_MISSING:/);
assert.equal(loaded.failedResults[0].Description, "no name");
assert.equal(loaded.unprocessedRecords.length, 0);
assert.equal(loaded.successfulResults[0].sf__Created, "true");
assert.equal(loaded.successfulResults[0].Description, '"a",\nb 0');
assert.equal(await conn.sobject("Account").count(), 1200);
const ids = loaded.successfulResults.map((row) => row.sf__Id);

// Changes, upserts, deletes.
const changed = await conn.bulk2.loadAndWaitForResults({
  object: "Account",
  operation: "update",
  input: ids.slice(0, 2).map((Id) => ({ Id, Website: "bulk.example" })),
});
assert.deepEqual(changed.successfulResults.map((row) => row.sf__Created), ["false", "false"]);
const upsert = { object: "UpsertTable__c", operation: "upsert", externalIdFieldName: "ExtId__c" };
await conn.bulk2.loadAndWaitForResults({ ...upsert, input: [{ Name: "One", ExtId__c: "1" }] });
const again = await conn.bulk2.loadAndWaitForResults({ ...upsert, input: [{ Name: "Uno", ExtId__c: "1" }, { Name: "Two", ExtId__c: "2" }] });
assert.deepEqual(again.successfulResults.map((row) => row.sf__Created), ["false", "true"]);
const deleted = await conn.bulk2.loadAndWaitForResults({ object: "Account", operation: "delete", input: ids.slice(0, 3).map((Id) => ({ Id })) });
assert.equal(deleted.successfulResults.length, 3);

// Rows out.
const rows = await rowsOf(await conn.bulk2.query("SELECT Id, Name, Owner.Username, CreatedDate FROM Account ORDER BY NumberOfEmployees"));
assert.equal(rows.length, 1197);
assert.equal(rows[0].Name, "Bulk 3");
assert.equal(rows[0]["Owner.Username"], "admin@one.example");
assert.match(rows[0].CreatedDate, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const all = await rowsOf(await conn.bulk2.query("SELECT Id FROM Account", { scanAll: true, columnDelimiter: "COMMA", lineEnding: "LF" }));
assert.equal(all.length, 1200);
assert.equal((await rowsOf(await conn.bulk2.query("SELECT Id FROM Account WHERE Name = 'none'"))).length, 0);

// Step by step.
const job = conn.bulk2.createJob({ object: "Account", operation: "insert" });
await job.open();
await job.uploadData("Name\nText\n");
await job.close();
await job.poll(50, 60000);
const done = await job.check();
assert.equal(done.state, "JobComplete");
assert.equal(done.numberRecordsProcessed, 1);
assert.equal((await job.getAllResults()).successfulResults.length, 1);
await job.delete();
assert.equal((await refused(job.check())).errorCode, "NOT_FOUND");
const aborted = conn.bulk2.createJob({ object: "Account", operation: "insert" });
await aborted.open();
await aborted.abort();
assert.equal((await aborted.check()).state, "Aborted");

// Errors.
assert.equal((await refused(conn.bulk2.query("SELECT Nonsense FROM Account"))).errorCode, "INVALID_FIELD");
const broken = await refused(conn.bulk2.loadAndWaitForResults({ object: "Account", operation: "insert", input: [{ Nonsense: 1 }] }));
assert.match(broken.message, /InvalidBatch : Field name not found : Nonsense/);

console.log("done");
