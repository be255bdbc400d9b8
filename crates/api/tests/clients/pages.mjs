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

// The tooling API has components of metadata, and no code.
assert.equal((await refused(conn.tooling.query("SELECT Id FROM ApexClass"))).errorCode, "INVALID_TYPE");
const tools = (await conn.tooling.describeGlobal()).sobjects.map((object) => object.name);
assert.deepEqual(tools, ["CustomField", "CustomObject", "GlobalValueSet", "ValidationRule"]);
const field = { FullName: "Account.Storey__c", Metadata: { type: "Text", label: "Storey", length: 5 } };
const grown = await conn.tooling.sobject("CustomField").create(field);
assert.ok(grown.success);
const told = await conn.tooling.sobject("CustomField").retrieve(grown.id);
assert.equal(told.Metadata.length, 5);
const query = "SELECT Id, FullName FROM CustomField WHERE DeveloperName = 'Storey' AND TableEnumOrId = 'Account'";
assert.deepEqual((await conn.tooling.query(query)).records.map((row) => row.FullName), ["Account.Storey__c"]);
await conn.tooling.sobject("CustomField").update({ Id: grown.id, Metadata: { ...field.Metadata, length: 9 } });
assert.equal((await conn.describe("Account")).fields.find((known) => known.name === "Storey__c").length, 9);
await conn.tooling.sobject("CustomField").destroy(grown.id);

console.log("done");
