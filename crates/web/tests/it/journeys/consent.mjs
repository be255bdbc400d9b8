// A program is let in, seen among what is connected, and ended; the way of somebody who says no.

import { signIn } from "./sign-in.mjs";
import { sound } from "./sound.mjs";

export default async function journey(tools) {
  const { page, args, expect, allow } = tools;
  allow(/status of 400/);
  const back = () => page.waitForURL((url) => url.href.startsWith(args.callback));
  const answer = () => new URL(page.url()).searchParams;

  await signIn(tools, args.authorize);
  await expect.text(page.locator("h1"), "Let Pipeline notebook in?");
  await sound(tools, "consent");
  await page.getByRole("button", { name: "Deny" }).click();
  await back();
  expect.equal(answer().get("error"), "access_denied");

  await page.goto(args.authorize);
  await page.getByRole("button", { name: "Allow" }).focus();
  await page.keyboard.press("Enter");
  await back();
  expect.equal(answer().get("state"), "xyz");
  const reply = await page.request.post("/test/exchange", { data: answer().get("code") });
  expect.equal(reply.status(), 200);

  await page.goto(`/r/${args.rep}/connections`);
  await expect.text(page.locator("main"), /Pipeline notebook/);
  await sound(tools, "connections");
  await page.getByRole("button", { name: "Disconnect" }).click();
  await expect.text(page.locator("main"), /No program stays connected/);
  await sound(tools, "connections-none");

  await page.goto(args.authorize.replace(/redirect_uri=[^&]*/, "redirect_uri=https%3A%2F%2Felsewhere.example%2F"));
  await expect.text(page.locator("h1"), "This program cannot be let in");
  await sound(tools, "consent-refused");
}
