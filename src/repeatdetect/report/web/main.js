/** Shows what the address asks for: #matter, #matter/number, or the overview. */
function route() {
  const [id, number] = decodeURIComponent(location.hash.slice(1)).split("/");
  const matter = DATA.matters.find((one) => one.id === id);
  document.body.dataset.view = matter ? "matter" : "overview";
  byId("overview").hidden = Boolean(matter);
  byId("matter").hidden = !matter;
  if (matter && matter !== current) openMatter(matter);
  if (!matter) {
    current = null;
    drawOverview();
  }
  markCurrent();
  if (matter && number) goTo(Number(number));
  else byId("view").scrollTo(0, 0);
  markFound();
}

// on paper everything that scrolls lies open, and charts fit the sheet
addEventListener("beforeprint", () => {
  if (current) filingsUpTo(current.filings.length);
  else showUpTo(500);
});
byId("print").addEventListener("click", () => print());
addEventListener("hashchange", route);

setUpFilters();
setUpOverview();
list();
route();
