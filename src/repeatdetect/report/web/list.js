/** Kinds of matters the list can be narrowed to: word and test. */
const KINDS = {
  many: ["被反复反映", (m) => m.filings.length > 1],
  all: ["全部事项", () => true],
  news: ["有新情况", (m) => m.news > 0],
  closed: ["办结后仍访，有新情况", (m) => m.filings.some((f) => f.closure === "new_facts")],
  recused: ["领导需要回避", (m) => m.recused],
  repeat: ["有重复件", (m) => m.filings.some((f) => f.status === "repeat")],
  joint: ["有同诉件", (m) => m.filings.some((f) => f.status === "joint")],
  review: ["有待判件", (m) => m.filings.some((f) => f.status === "review")],
  single: ["只来过一次", (m) => m.filings.length === 1],
};
const ORDERS = {
  size: (a, b) => b.filings.length - a.filings.length,
  last: (a, b) => b.last.localeCompare(a.last),
  first: (a, b) => (a.first || "9").localeCompare(b.first || "9"),
  news: (a, b) => b.news - a.news,
};

const filters = byId("filters").elements;
const plain = (text) => text.normalize("NFKC").toLowerCase();
let shown = [];
let showUpTo = () => {};

/** Words looked for; a matter must hold all of them. */
function queryWords() {
  return plain(filters.query.value).split(/\s+/).filter(Boolean);
}

/** Everything of a matter that can be searched; made when first needed. */
function searched(matter) {
  matter.searched ??= plain(
    [matter.id, matter.title, matter.place, matter.accused, matter.case, matter.lead, matter.responsible, ...matter.filings.flatMap(
      (f) => [f.id, f.who, f.title, f.date, f.text.map(([, piece]) => piece).join("")])].join("\n"),
  );
  return matter.searched;
}

function setUpFilters() {
  for (const [kind, [word, test]] of Object.entries(KINDS)) {
    const count = DATA.matters.filter(test).length;
    if (count || kind === "many" || kind === "all") filters.status.add(new Option(`${word}（${count}）`, kind));
  }
  if (!DATA.matters.some(KINDS.many[1])) filters.status.value = "all";
  const add = (select, values) =>
    [...new Set(values)].filter(Boolean).sort((a, b) => a.localeCompare(b, "zh")).forEach((v) => select.append(new Option(v, v)));
  add(filters.town, DATA.matters.map((m) => m.town));
  for (const [word, name] of [["包案领导", "lead"], ["化解责任人", "responsible"]]) {
    const group = document.createElement("optgroup");
    group.label = word;
    add(group, DATA.matters.map((m) => m[name]));
    if (group.children.length) filters.official.append(group);
  }
  let wait;
  byId("filters").addEventListener("input", ({ target }) => {
    clearTimeout(wait);
    if (target === filters.query) wait = setTimeout(list, 150);
    else list();
  });
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("clear").addEventListener("click", () => narrow({}));
  byId("list").addEventListener("keydown", (event) => {
    const next = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (next && document.activeElement[next]?.focus) {
      event.preventDefault();
      document.activeElement[next].focus();
    }
  });
}

/** Sets the filters given and clears the others. */
function narrow({ status = "", town = "" }) {
  byId("filters").reset();
  if (status) filters.status.value = status;
  filters.town.value = town;
  list();
}

/** Lists the matters that pass the filters. A search looks into all matters unless a kind is chosen. */
function list() {
  const words = queryWords();
  const usual = filters.status.selectedIndex === 0;
  const [word, test] = KINDS[words.length && usual ? "all" : filters.status.value];
  const [town, official] = [filters.town.value, filters.official.value];
  shown = DATA.matters
    .filter((m) => test(m) && (!town || m.town === town) && (!official || m.lead === official || m.responsible === official))
    .filter((m) => words.every((one) => searched(m).includes(one)))
    .sort(ORDERS[filters.sort.value]);
  for (const select of [filters.status, filters.town, filters.official]) select.classList.toggle("set", select.selectedIndex > 0);
  const filings = shown.reduce((sum, m) => sum + m.filings.length, 0);
  byId("found").textContent = `${word}：${shown.length} 件事，${filings} 件来件`;
  byId("clear").hidden = usual && !words.length && !town && !official;
  showUpTo = lazily(byId("list"), shown, item, 60);
  if (!shown.length) byId("list").append(el("p", "empty", "没有符合条件的事项。"));
  markFound();
}

function item(matter) {
  const span = matter.first === matter.last ? matter.first || "无日期" : `${matter.first} 至 ${matter.last}`;
  const officials = [matter.lead, matter.responsible].filter(Boolean).join(" / ") || "责任领导未定";
  const hot = matter.recused ? "需回避" : matter.news ? `新情况 ${matter.news} 件` : "";
  const word = hot || (KINDS.review[1](matter) ? "待判" : "");
  const tag = word && el("span", hot ? "tag hot" : "tag", word);
  const made = action("", () => (location.hash = address(matter)), "item");
  made.append(
    el("b", "", String(matter.filings.length), el("small", "", "件")),
    el("span", "", matter.title, el("small", "", span), el("small", "", el("span", "", officials), tag)),
  );
  made.dataset.id = matter.id;
  made.setAttribute("aria-current", String(matter === current));
  return made;
}

/** Shows in the list which matter is open. */
function markCurrent() {
  for (const one of byId("list").querySelectorAll(".item")) {
    const on = one.dataset.id === current?.id;
    one.setAttribute("aria-current", String(on));
    if (on) one.scrollIntoView({ block: "nearest" });
  }
}
