// A signed-in jsforce connection to the server under test.

import assert from "node:assert/strict";
import { load } from "../../../../tests/clients/packages.mjs";

export const { Connection, OAuth2 } = load("jsforce");
export { assert };

export const env = {
  url: process.env.SERVER_URL,
  username: process.env.SERVER_USERNAME,
  password: process.env.SERVER_PASSWORD,
  clientId: process.env.CLIENT_ID,
  clientSecret: process.env.CLIENT_SECRET,
};

export function oauthConnection(options = {}) {
  const oauth2 = { loginUrl: env.url, clientId: env.clientId, clientSecret: env.clientSecret };
  return new Connection({ oauth2, loginUrl: env.url, ...options });
}

export async function connect(options = {}) {
  const conn = oauthConnection(options);
  await conn.login(env.username, env.password);
  return conn;
}

/** The error that a promise fails with. */
export async function refused(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it should have been refused");
}
