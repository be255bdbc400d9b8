import { assert, connect, refused } from "./connect.mjs";

const conn = await connect();
const accounts = conn.sobject("Account");

// One.
const made = await accounts.create({ Name: "Acme", NumberOfEmployees: 10, AnnualRevenue: 1234.5 });
assert.deepEqual(made, { id: made.id, success: true, errors: [] });
const read = await accounts.retrieve(made.id);
assert.equal(read.Name, "Acme");
assert.equal(read.NumberOfEmployees, 10);
assert.equal(read.attributes.type, "Account");
const changed = await accounts.record(made.id).update({ Name: "Acme 2", Website: "acme.example" });
assert.deepEqual(changed, { id: made.id, success: true, errors: [] });
assert.deepEqual(await accounts.retrieve(made.id, { fields: ["Name", "Website"] }).then(({ Name, Website }) => [Name, Website]), [
  "Acme 2",
  "acme.example",
]);
assert.equal((await accounts.destroy(made.id)).success, true);
const gone = await refused(accounts.retrieve(made.id));
assert.equal(gone.errorCode, "ENTITY_IS_DELETED");

// Many.
const many = await accounts.create([{ Name: "One" }, { Name: "Two" }, {}]);
assert.deepEqual(many.map((row) => row.success), [true, true, false]);
assert.equal(many[2].errors[0].errorCode ?? many[2].errors[0].statusCode, "REQUIRED_FIELD_MISSING");
const ids = [many[0].id, many[1].id];
assert.deepEqual((await accounts.retrieve(ids)).map((row) => row.Name), ["One", "Two"]);
const updated = await accounts.update([{ Id: ids[0], Name: "Uno" }, { Id: ids[1], Name: "Due" }]);
assert.ok(updated.every((row) => row.success));
const whole = await refused(accounts.create([{ Name: "x" }, {}], { allOrNone: true }).then((rows) => { throw rows; }));
assert.equal(whole[0].errors[0].statusCode ?? whole[0].errors[0].errorCode, "ALL_OR_NONE_OPERATION_ROLLED_BACK");
assert.ok((await accounts.destroy(ids)).every((row) => row.success));
assert.equal(await accounts.count(), 0);

// More rows than one call takes.
const rows = Array.from({ length: 450 }, (_, at) => ({ Name: `Bulk ${at}` }));
const saved = await accounts.create(rows, { allowRecursive: true });
assert.equal(saved.length, 450);
assert.equal(await accounts.count({ Name: { $like: "Bulk %" } }), 450);

// Upsert.
const table = conn.sobject("UpsertTable__c");
const first = await table.upsert({ Name: "New", ExtId__c: "ID 0000 1" }, "ExtId__c");
assert.equal(first.success, true);
assert.match(first.id, /^a0\w{16}$/);
const second = await table.upsert({ Name: "Changed", ExtId__c: "ID 0000 1" }, "ExtId__c");
assert.equal(second.id, first.id);
assert.equal((await table.retrieve(first.id)).Name, "Changed");
const both = await table.upsert([{ Name: "A", Key__c: "a" }, { Name: "B", Key__c: "b" }], "Key__c");
assert.deepEqual(both.map((row) => row.success), [true, true]);
await table.create({ Name: "Twin", ExtId__c: "ID 0000 1" });
const twins = await refused(table.upsert({ Name: "x", ExtId__c: "ID 0000 1" }, "ExtId__c"));
assert.equal(twins.name, "MULTIPLE_CHOICES");

// A reference by external id.
const child = await table.create({ Name: "Child", Parent__r: { Key__c: "a" } });
assert.equal((await table.retrieve(child.id)).Parent__c, both[0].id);

// Errors.
for (const [ask, code] of [
  [() => accounts.create({ Name: "x", Nonsense: 1 }), "INVALID_FIELD"],
  [() => accounts.create({}), "REQUIRED_FIELD_MISSING"],
  [() => accounts.retrieve("001000000009999AAA"), "NOT_FOUND"],
  [() => conn.sobject("Nonsense").create({ Name: "x" }), "NOT_FOUND"],
  [() => accounts.update({ Id: "001000000009999AAA", Name: "x" }), "NOT_FOUND"],
]) {
  assert.equal((await refused(ask())).errorCode, code);
}

console.log("done");
