import { assert, connect, refused } from "./connect.mjs";

const conn = await connect({ version: "61.0" });

const global = await conn.describeGlobal();
assert.ok(global.sobjects.some((object) => object.name === "Account"));
assert.equal(global.encoding, "UTF-8");

const account = await conn.describe("Account");
assert.equal(account.name, "Account");
assert.ok(account.fields.length > 30);
assert.ok(account.childRelationships.some((child) => child.relationshipName === "Contacts"));
const types = new Set([
  "id", "reference", "string", "textarea", "phone", "url", "email", "picklist", "multipicklist", "combobox",
  "encryptedstring", "boolean", "int", "long", "double", "currency", "percent", "date", "datetime", "time", "address",
  "location", "base64", "anyType", "complexvalue", "json",
]);
for (const object of global.sobjects) {
  const described = await conn.describe(object.name);
  assert.equal(described.keyPrefix, object.keyPrefix);
  for (const field of described.fields) {
    assert.ok(types.has(field.type), `${object.name}.${field.name}: ${field.type}`);
  }
}

const limits = await conn.limits();
assert.ok(limits.DataStorageMB.Max > 0);
assert.deepEqual(await conn.recent(), []);
assert.equal((await refused(conn.describe("Nonsense"))).errorCode, "NOT_FOUND");

console.log("done");
