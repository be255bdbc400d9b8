// An administrator lets a program in, with a mistake on the way, and puts it out.

import { signIn } from "./sign-in.mjs";
import { sound } from "./sound.mjs";

export default async function journey(tools) {
  const { page, args, expect, allow } = tools;
  allow(/status of 422/);
  await signIn(tools, "/programs");
  await sound(tools, "programs-none");
  await page.getByRole("link", { name: "Register a program" }).click();
  await sound(tools, "programs-new");

  await page.getByLabel("Name", { exact: false }).first().fill("A notebook for the pipeline of the northern region");
  await page.getByLabel("People let it in, in their browser").check();
  await page.getByLabel("Addresses that it may be answered at").fill("http://notebook.example/callback");
  await page.getByRole("button", { name: "Register" }).click();
  await expect.text(page.locator("main"), /is no https address/);
  await sound(tools, "programs-wrong");
  await page.getByLabel("Addresses that it may be answered at").fill("https://notebook.example/callback");
  await page.getByRole("button", { name: "Register" }).click();
  await expect.text(page.locator("h1"), "A notebook for the pipeline of the northern region is let in");
  await expect.text(page.locator("main"), /The secret is shown this once/);
  await sound(tools, "programs-shown");

  await page.goto("/programs");
  await expect.text(page.locator("main"), /A notebook for the pipeline/);
  await sound(tools, "programs-one");
  await page.getByRole("button", { name: "Remove" }).first().click();
  await page.waitForURL("**/programs");
  await expect.count(page.getByText("A notebook for the pipeline"), 0);
}
