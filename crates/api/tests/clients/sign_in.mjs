import { Connection, assert, connect, env, oauthConnection, refused } from "./connect.mjs";

// OAuth password grant.
const conn = await connect();
assert.equal(conn.instanceUrl, env.url);
assert.match(conn.userInfo.id, /^005\w{15}$/);
assert.match(conn.userInfo.organizationId, /^00D\w{15}$/);
const identity = await conn.identity();
assert.equal(identity.username, env.username);
assert.equal(identity.user_id, conn.userInfo.id);
await conn.logout();
assert.equal(conn.accessToken, null);

// SOAP login, on a connection without OAuth.
const soap = new Connection({ loginUrl: env.url, version: "50.0" });
const who = await soap.login(env.username, env.password);
assert.equal(who.id, identity.user_id);
assert.equal(soap.instanceUrl, env.url);
assert.equal((await soap.query("SELECT Id FROM User WHERE Username = '" + env.username + "'")).totalSize, 1);
const token = soap.accessToken;
await soap.logout();
const after = new Connection({ instanceUrl: env.url, accessToken: token });
assert.equal((await refused(after.query("SELECT Id FROM User"))).errorCode, "INVALID_SESSION_ID");

// Client credentials.
const client = oauthConnection();
await client.authorize({ grant_type: "client_credentials" });
assert.equal(client.userInfo.id, identity.user_id);

// Refusals.
const wrong = await refused(new Connection({ loginUrl: env.url }).login(env.username, "wrong"));
assert.match(wrong.message, /^INVALID_LOGIN: /);
const wrongGrant = await refused(oauthConnection().login(env.username, "wrong"));
assert.equal(wrongGrant.name, "invalid_grant");

console.log("done");
