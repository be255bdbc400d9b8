// Signs in by the form.

export async function signIn({ page, args }, next = "/") {
  await page.goto(next);
  await page.getByLabel("Username").fill(args.username);
  await page.getByLabel("Password").fill(args.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
}
