// A rep's morning: sign in, find a deal, change it with a mistake on the way, see the history, make and delete a record.

import { signIn } from "./sign-in.mjs";

export default async function journey(tools) {
  const { page, args, expect, screenshot, allow } = tools;
  allow(/status of (401|422|404)/);

  await page.goto("/o/Opportunity");
  await expect.title(/Sign in/);
  await page.getByLabel("Username").fill(args.username);
  await page.getByLabel("Password").fill("not my password");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect.text(page.getByRole("alert"), /do not match/);
  await expect.value(page.getByLabel("Username"), args.username);
  await page.getByLabel("Password").fill(args.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL("/o/Opportunity");

  // Filter as one types: the rows change, the focus stays.
  await page.keyboard.press("/");
  await expect.focused(page.getByRole("searchbox", { name: /Filter opportunities/ }));
  await page.keyboard.type("phase");
  await expect.count(page.locator("#list tbody tr"), 2);
  await page.waitForURL(/q=phase/);
  await page.getByRole("link", { name: "Clear", exact: true }).click();
  await expect.count(page.locator("#list tbody tr"), 14);

  // A filter by stage, through the chooser.
  await page.getByRole("link", { name: "Add filter" }).click();
  await page.getByLabel("Filter by").selectOption({ label: "Stage" });
  await page.getByLabel("Value").selectOption("Negotiation/Review");
  await page.getByRole("button", { name: "Add filter" }).click();
  await expect.count(page.locator("#list tbody tr"), 3);
  await page.getByRole("link", { name: "Amount" }).click();
  await page.waitForURL(/sort=Amount/);
  await expect.text(page.locator("#list tbody tr").first(), /Quote automation/);
  await screenshot("filtered");
  await page.getByText("Cold-chain monitoring, 40 sites").click();
  await page.waitForURL(`/r/${args.deal}`);

  // A mistake in the form stands beside its field, and nothing is lost.
  await page.getByRole("link", { name: "Edit", exact: true }).click();
  await page.getByLabel("Amount").fill("a lot");
  await page.getByLabel("Next step").fill("Sign on Monday");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect.text(page.locator("#field-Amount-error"), /is not a number/);
  await expect.value(page.getByLabel("Next step"), "Sign on Monday");
  await screenshot("mistake");
  await page.getByLabel("Amount").fill("190,000");
  await page.getByLabel("Stage").selectOption("Closed Won");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForURL(`/r/${args.deal}`);
  await expect.text(page.locator("#toasts"), /Opportunity saved/);
  await page.getByRole("link", { name: "History" }).click();
  await expect.text(page.locator(".timeline"), /changed Amount/);
  await expect.text(page.locator(".timeline"), /Closed Won/);
  await screenshot("history");

  // A new contact from the account, with the account filled in.
  await page.goto(`/r/${args.account}?tab=related`);
  await page.locator("section, .panel").filter({ has: page.getByRole("heading", { name: "Contacts" }) }).getByRole("link", { name: "New" }).first().click();
  await expect.value(page.getByLabel("Account", { exact: true }), "Baltic Fresh Logistics");
  await page.getByLabel("Last name").fill("Kovalchuk");
  await page.getByLabel("Reports to").fill("lii");
  await page.getByRole("option", { name: /Liis Tamm/ }).click();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.waitForURL(/tab=related/);
  await expect.text(page.locator("main"), /Kovalchuk/);

  // Delete, and take it back.
  await page.getByRole("link", { name: "Kovalchuk" }).first().click();
  await page.getByLabel("More actions").click();
  await page.getByRole("link", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.waitForURL("/o/Contact");
  await expect.text(page.locator("#toasts"), /Contact deleted/);
  await screenshot("deleted");
  await page.getByRole("button", { name: "Undo" }).click();
  await page.waitForURL(/\/r\//);
  await expect.text(page.locator("main"), /Kovalchuk/);

  // An unfinished form warns before it is left.
  await page.goto(`/r/${args.account}/edit`);
  await page.getByLabel("Account name").fill("Something else");
  let warned = false;
  page.once("dialog", async (dialog) => {
    warned = dialog.type() === "beforeunload";
    await dialog.accept();
  });
  await page.goto("/home");
  if (!warned) throw new Error("leaving an unsaved form gave no warning");

  await page.getByText("account menu").click({ force: true });
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect.text(page.getByRole("status"), /signed out/);
  await page.goto("/home");
  await expect.title(/Sign in/);
}
