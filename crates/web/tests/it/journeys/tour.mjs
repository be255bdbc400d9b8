// Looks at every page: accessible, nothing wider than the window, a picture of each.

import { signIn } from "./sign-in.mjs";

export default async function journey(tools) {
  const { page, args, axe, screenshot, allow } = tools;
  allow(/status of 404/);
  await page.goto("/sign-in");
  await axe();
  await screenshot("sign-in");
  await signIn(tools, "/home");

  const pages = {
    home: "/home",
    opportunities: "/o/Opportunity",
    filtered: "/o/Opportunity?f=IsClosed%3Ais%3Afalse&f=CloseDate%3Ain%3ATHIS_QUARTER&sort=-Amount",
    filter: "/o/Opportunity?add=CloseDate",
    columns: "/o/Opportunity?choose=columns",
    none: "/o/Account?q=nothing+is+named+so",
    events: "/o/Event",
    deal: `/r/${args.deal}`,
    "deal-related": `/r/${args.deal}?tab=related`,
    "deal-activity": `/r/${args.deal}?tab=activity`,
    "deal-access": `/r/${args.deal}?tab=access`,
    "account-access": `/r/${args.account}?tab=access&user=${args.reader}`,
    account: `/r/${args.account}`,
    "account-related": `/r/${args.account}?tab=related`,
    person: `/r/${args.rep}`,
    edit: `/r/${args.deal}/edit`,
    new: "/new/Contact",
    delete: `/r/${args.deal}/delete`,
    search: "/search?q=a",
    reports: "/reports",
    report: `/r/${args.reports[0]}`,
    "report-2": `/r/${args.reports[1]}`,
    dashboard: `/r/${args.dashboard}`,
    outbox: "/outbox",
    mail: `/outbox/${args.mail}`,
    "not-found": "/nowhere",
  };
  const faults = [];
  for (const [name, address] of Object.entries(pages)) {
    await page.goto(address);
    await screenshot(name);
    if (name === "edit") {
      // The buttons of a form stay in reach, whatever else stands at the foot of the window.
      const save = page.getByRole("button", { name: "Save", exact: true });
      await save.click({ trial: true }).catch(() => faults.push("Save is out of reach"));
      await screenshot("edit-window", { fullPage: false });
    }
    await axe().catch((error) => faults.push(error.message));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (wide > 0) faults.push(`${name} is ${wide} pixels wider than the window`);
  }
  if (faults.length > 0) throw new Error(faults.join("\n"));
}
