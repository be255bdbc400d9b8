// An administrator makes an object with fields and a rule, with a mistake on the way, and a record of it.

import { signIn } from "./sign-in.mjs";
import { sound } from "./sound.mjs";

export default async function journey(tools) {
  const { page, expect, allow } = tools;
  allow(/status of 422/);
  await signIn(tools, "/setup/objects");
  await sound(tools, "setup-objects");
  await page.getByRole("link", { name: "New object" }).click();
  await page.getByRole("textbox", { name: "Name" }).first().fill("Machine");
  await page.getByLabel("Name of several").fill("Machines");
  await page.getByLabel("Read and change all of them").check();
  await sound(tools, "setup-object-new");
  await page.getByRole("button", { name: "Save" }).click();
  await expect.text(page.locator("h1"), "Machine");

  await page.getByRole("link", { name: "New field" }).click();
  await page.getByLabel("Picklist", { exact: true }).check();
  await sound(tools, "setup-field-types");
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("textbox", { name: "Label" }).fill("State of repair");
  await page.getByLabel("Values").fill("*New\nUsed\nnew");
  await page.getByRole("button", { name: "Save" }).click();
  await expect.text(page.locator("main"), /stands in the list twice/);
  await sound(tools, "setup-field-wrong");
  await page.getByLabel("Values").fill("*New\nUsed\nBroken");
  await page.getByRole("button", { name: "Save" }).click();
  await expect.text(page.locator("main"), /State_of_repair__c/);

  await page.getByRole("link", { name: "New rule" }).click();
  await page.getByLabel("A save is refused while").fill("AND(ISPICKVAL(State_of_repair__c, 'Broken'), ISNEW())");
  await page.getByLabel("Message").fill("A machine that comes in broken is not taken.");
  await sound(tools, "setup-rule");
  await page.getByRole("button", { name: "Save" }).click();
  await expect.text(page.locator("main"), /A_machine_that_comes_in_broken/);
  await sound(tools, "setup-object");

  await page.getByRole("link", { name: "Sharing" }).click();
  await page.getByLabel("Read all of them", { exact: true }).check();
  await sound(tools, "setup-sharing");
  await page.getByRole("link", { name: "New sharing rule" }).click();
  await sound(tools, "setup-sharing-rule");

  await page.goto("/new/Machine__c");
  await page.getByLabel("State of repair").selectOption("Broken");
  await page.getByRole("textbox", { name: "Name" }).first().fill("Press 4");
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect.text(page.locator("main"), /is not taken/);
  await page.getByLabel("State of repair").selectOption("Used");
  await page.getByRole("button", { name: "Save" }).first().click();
  await expect.text(page.locator("h1"), "Press 4");
}
