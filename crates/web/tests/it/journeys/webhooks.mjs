// An administrator leads changes to an address, with a mistake on the way, and looks at how webhooks fare.

import { signIn } from "./sign-in.mjs";
import { sound } from "./sound.mjs";

export default async function journey(tools) {
  const { page, args, expect, allow } = tools;
  allow(/status of 422/);
  await signIn(tools, "/webhooks");
  await expect.text(page.locator("main"), /Accounts for the warehouse in Gdynia/);
  await sound(tools, "webhooks-list");
  await page.getByRole("link", { name: "New webhook" }).click();
  await sound(tools, "webhooks-new");

  await page.getByLabel("Name").fill("Every deal of the northern region, for the data platform");
  await page.getByLabel("Address").fill("http://hooks.example.com/changes");
  await page.getByLabel("Objects").fill("Opportunity");
  await page.getByLabel("Restored").uncheck();
  await page.getByRole("button", { name: "Create" }).click();
  await expect.text(page.locator("main"), /an https address/i);
  await sound(tools, "webhooks-wrong");
  await page.getByLabel("Address").fill("https://hooks.example.com/changes");
  await page.getByRole("button", { name: "Create" }).click();
  await expect.text(page.locator("main"), /The secret is shown this once/);
  await sound(tools, "webhooks-secret");
  await page.getByRole("link", { name: "Open the webhook" }).click();
  await expect.text(page.locator("main"), /CREATE, UPDATE, DELETE/);
  await sound(tools, "webhooks-detail");
  await page.getByRole("button", { name: "Pause" }).click();
  await expect.text(page.locator("main"), /Paused/);
  await page.getByRole("button", { name: "Resume" }).click();
  await expect.text(page.locator("main"), /Active/);
  await page.getByLabel("Tell again what came after change").fill("next week");
  await page.getByRole("button", { name: "Tell again" }).click();
  await expect.text(page.locator("main"), /The number of a change/);
  await page.getByRole("link", { name: "Remove", exact: true }).click();
  await page.getByRole("button", { name: "Remove the webhook" }).click();
  await page.waitForURL("**/webhooks");
  await expect.count(page.getByText("Every deal of the northern region"), 0);

  await page.goto(`/webhooks/${args.stopped}`);
  await expect.text(page.locator("main"), /410 Gone/);
  await sound(tools, "webhooks-stopped");
  await page.goto(`/webhooks/${args.failing}`);
  await expect.text(page.locator("main"), /No message has arrived since/);
  await sound(tools, "webhooks-failing");
}
