import { assert, connect, refused } from "./connect.mjs";

const conn = await connect({ version: "61.0" });
const account = conn.sobject("Account");

// Layouts.
const { layouts, recordTypeMappings } = await account.layouts();
assert.ok(layouts[0].detailLayoutSections[0].layoutRows[0].layoutItems[0].label);
assert.equal(recordTypeMappings.at(-1).master, true);
assert.deepEqual(await conn.sobject("User").layouts("UserAlt"), await conn.sobject("User").layouts());
const compact = await account.compactLayouts();
assert.equal(compact.compactLayouts[0].objectType, "Account");
assert.deepEqual((await account.approvalLayouts()).approvalLayouts, []);

// Saved lists.
await account.create([{ Name: "Beta" }, { Name: "Alpha" }]);
const { listviews } = await account.listviews();
const all = listviews.find((view) => view.label === "All Accounts");
const described = await account.listview(all.id).describe();
assert.equal(described.sobjectType, "Account");
assert.equal(described.columns[0].fieldNameOrPath, "Name");
const results = await account.listview(all.id).results();
assert.deepEqual(results.records.map((row) => row.columns[0].value).sort(), ["Alpha", "Beta"]);
const explained = await account.listview(all.id).explain();
assert.equal(explained.plans[0].sobjectCardinality, 2);

// Places and actions.
assert.ok((await conn.tabs()).some((tab) => tab.name === "standard-Account"));
assert.ok((await conn.theme()).themeItems.some((item) => item.name === "Account"));
const action = conn.quickAction("LogACall");
assert.equal((await action.describe()).targetSobjectType, "Task");
const record = results.records[0].columns.find((column) => column.fieldNameOrPath === "Id").value;
assert.equal((await action.defaultValues(record)).WhatId, record);
const made = await action.execute(record, { Subject: "Call" });
assert.equal(made.success, true);
assert.equal((await conn.sobject("Task").retrieve(made.id)).WhatId, record);

// The tooling API is there and empty.
assert.equal((await refused(conn.tooling.query("SELECT Id FROM ApexClass"))).errorCode, "INVALID_TYPE");
assert.deepEqual((await conn.tooling.describeGlobal()).sobjects, []);

console.log("done");
