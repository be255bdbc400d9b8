// A program is let in, seen among what is connected, and ended; the way of somebody who says no.

import { signIn } from "./sign-in.mjs";

async function sound(tools, name) {
  const { page, axe, screenshot } = tools;
  await axe();
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 0) throw new Error(`${name} is ${wide} pixels wider than the window`);
  await screenshot(name);
}

export default async function journey(tools) {
  const { page, context, args, expect, allow } = tools;
  allow(/status of 400/);
  // The program's own address, where nobody listens.
  const came = [];
  await context.route(`${args.callback}**`, (route) => {
    came.push(new URL(route.request().url()).searchParams);
    return route.fulfill({ contentType: "text/html", body: "<title>back</title>" });
  });

  await signIn(tools, args.authorize);
  await expect.text(page.locator("h1"), "Let Pipeline notebook in?");
  await sound(tools, "consent");
  await page.getByRole("button", { name: "Deny" }).click();
  await page.waitForURL(`${args.callback}**`);
  expect.equal(came[0].get("error"), "access_denied");

  await page.goto(args.authorize);
  await page.getByRole("button", { name: "Allow" }).focus();
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.href.startsWith(args.callback) && url.searchParams.has("code"));
  expect.equal(came[1].get("state"), "xyz");
  const reply = await page.request.post("/test/exchange", { data: came[1].get("code") });
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
