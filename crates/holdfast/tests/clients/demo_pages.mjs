// The demo in a browser: the home page shows what the API sums up, and the report's mail can be read in the outbox.

export default async function journey({ page, args, expect, screenshot, axe }) {
  await page.goto("/");
  await page.getByLabel("Username").fill(args.username);
  await page.getByLabel("Password").fill(args.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(/\/home/);

  const soql = "SELECT SUM(Amount) total FROM Opportunity WHERE IsClosed = false";
  const reply = await page.request.get(`/services/data/v60.0/query?q=${encodeURIComponent(soql)}`, {
    headers: { Authorization: `Bearer ${args.token}` },
  });
  const total = (await reply.json()).records[0].total;
  const shown = Math.round(total).toLocaleString("en-US");
  await page.getByText(shown, { exact: false }).first().waitFor();
  await axe(page);
  const home = await screenshot("home-light", { fullPage: false });

  await page.goto("/outbox");
  await page.getByRole("link", { name: /pipeline/i }).first().click();
  await page.waitForURL(/\/outbox\/\d+/);
  const mail = page.frameLocator("iframe").first();
  await mail.locator("table").first().waitFor();
  await mail.locator("img").first().waitFor();
  await page.getByText(/\.xlsx/).first().waitFor();
  await screenshot("outbox", { fullPage: false });
  return { home, shown };
}
