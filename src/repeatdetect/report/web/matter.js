const LONG = 420; // characters from which a text is folded
let current = null;
let filingsUpTo = () => {};
let at = 1; // number of the filing the reader stands at

function openMatter(matter) {
  current = matter;
  at = 1;
  const view = byId("matter");
  forget(view);
  const filings = el("div", "filings");
  view.replaceChildren(
    el("h2", "", matter.title),
    el("p", "sub", counted(matter)),
    ...(matter.recused ? [el("p", "warning", matter.note)] : []),
    facts(matter),
    ...timeline(matter),
    ...(matter.filings.length > 1 ? [walk(matter)] : []),
    filings,
  );
  filingsUpTo = lazily(filings, matter.filings, (filing) => card(matter, filing), 20, markFound);
  const lanes = view.querySelector(".timeline .chart");
  if (lanes) drawTimeline(lanes, matter.filings, (filing) => goTo(filing.no));
}

function counted(matter) {
  const parts = [`共 ${matter.filings.length} 件`];
  if (matter.named) parts.push(`实名 ${matter.named} 人`);
  if (matter.anonymous) parts.push(`匿名 ${matter.anonymous} 件`);
  if (matter.news) parts.push(`有新情况 ${matter.news} 件`);
  return parts.join("　");
}

/** Who is responsible, when it began, which case it belongs to. */
function facts(matter) {
  const [first, last] = [matter.filings[0], matter.filings.at(-1)];
  const told = (f) => [f.date || "无日期", f.channel, f.who].join("　");
  const stage = matter.closed ? `已办结 ${matter.closed}` : matter.due ? `期限 ${matter.due}` : "";
  const rows = [
    ["包案领导", matter.lead || "未定", "who"],
    ["化解责任人", matter.responsible || "未定", "who"],
    ["积案", [matter.case || "未列入台账", stage].filter(Boolean).join("　")],
    ["最早一件（初次件）", told(first)],
    ["最近一件", matter.filings.length > 1 ? told(last) : "只此一件"],
    ["责任来由", matter.recused ? "见上方回避提示" : matter.note || "没有可依据的台账或分工"],
    ["被反映人", matter.accused || "未写明"],
    ["属地", matter.place || "不明"],
    ["编号", `${first.id}　${matter.id}`],
  ];
  const box = el("dl", "facts");
  for (const [word, value, className] of rows) box.append(el("div", className || "", el("dt", "", word), el("dd", "", value)));
  return box;
}

function timeline(matter) {
  if (matter.filings.filter(({ date }) => date).length < 2) return [];
  const key = el("span", "legend");
  const kinds = new Set(matter.filings.map(({ status }) => status));
  for (const kind of ["first", "repeat", "joint"].filter((one) => kinds.has(one))) {
    const dot = el("i");
    dot.style.background = COLOURS[kind];
    key.append(dot, WORDS.status[kind]);
  }
  if (matter.news) {
    const ring = el("i");
    ring.style.boxShadow = `inset 0 0 0 3px ${COLOURS.news}`;
    key.append(ring, "红圈：有新情况");
  }
  return [el("figure", "timeline", el("figcaption", "", "来件时间线", el("small", "", "点圆点看该件"), key), el("div", "chart"))];
}

/** The bar that walks through a matter's filings. */
function walk(matter) {
  const number = el("input");
  Object.assign(number, { type: "number", min: 1, max: matter.filings.length, value: 1, id: "number" });
  number.setAttribute("aria-label", "看第几件");
  number.addEventListener("change", () => goTo(Number(number.value)));
  const bar = el(
    "div", "walk",
    action("‹ 上一件", () => goTo(at - 1), "button"), el("span", "", "第 "), number, el("span", "", ` 件，共 ${matter.filings.length} 件`),
    action("下一件 ›", () => goTo(at + 1), "button"),
  );
  if (matter.news) {
    const next = () => matter.filings.find((f) => f.no > at && isNew(f)) ?? matter.filings.find(isNew);
    bar.append(action("下一处新情况 ›", () => goTo(next().no), "button hot"));
  }
  return bar;
}

/** Brings the n-th filing of the open matter to the eye. */
function goTo(number) {
  if (!current) return;
  at = Math.min(Math.max(1, number || 1), current.filings.length);
  filingsUpTo(at + 5);
  byId("matter").querySelector(".filing.at")?.classList.remove("at");
  const target = byId(`filing-${at}`);
  target.classList.add("at");
  target.scrollIntoView({ block: "start" });
  if (byId("number")) byId("number").value = at;
  history.replaceState(null, "", address(current, at));
  markFound();
}

function card(matter, filing) {
  const fresh = filing.text.filter(([kind]) => kind === 2).map(([, piece]) => piece);
  const length = filing.text.reduce((sum, [, piece]) => sum + piece.length, 0);
  const made = el("article", `filing ${filing.status}`);
  made.id = `filing-${filing.no}`;
  const head = el(
    "div", "head", el("b", "", `第 ${filing.no} 件`), el("span", "", filing.date || "无日期"), el("span", "", filing.channel), el("span", "", filing.who),
    el("span", `tag ${filing.status}`, WORDS.status[filing.status]),
  );
  if (filing.relation) head.append(el("span", "tag", WORDS.relation[filing.relation]));
  if (fresh.length) head.append(el("span", "tag hot", `新情况 ${fresh.length} 处`));
  else if (filing.no > 1) head.append(el("span", "tag", "没有新情况"));
  if (filing.closure) head.append(el("span", filing.closure === "new_facts" ? "tag hot" : "tag", WORDS.closure[filing.closure]));
  head.append(el("span", "id", filing.id));
  made.append(head);
  if (filing.title) made.append(el("div", "subject", filing.title));
  const text = el("div", "text", ...filing.text.map(([kind, piece]) => [piece, el("span", "said", piece), el("mark", "", piece)][kind]));
  if (length > LONG) {
    if (fresh.length) made.append(el("div", "news", el("b", "", "新情况："), clipped(fresh.join("；"))));
    text.classList.add("folded");
    const unfold = action(`展开全文（${length} 字）`, () => {
      text.classList.remove("folded");
      unfold.remove();
    }, "plain unfold");
    made.append(text, el("div", "because", unfold));
  } else {
    made.append(text);
  }
  if (filing.why || filing.of) made.append(because(matter, filing));
  return made;
}

const clipped = (words) => (words.length > 300 ? `${words.slice(0, 300)}……` : words);

/** Why a filing stands where it stands, with the grounds on request. */
function because(matter, filing) {
  const box = el("div", "because");
  if (filing.of) {
    const other = matterOf.get(filing.of);
    const number = other?.filings.find(({ id }) => id === filing.of)?.no;
    const word = { review: "疑似与此件同一事项：", joint: "关联于：" }[filing.status] ?? "重复于：";
    const name = other === matter ? `第 ${number} 件 ${filing.of}` : other ? `${filing.of}（${other.title}）` : filing.of;
    box.append(word, other ? action(name, () => (location.hash = address(other, number))) : el("span", "", `${name}　`));
  }
  if (filing.why) {
    const button = action(`与 ${filing.why.with} 相比，把握 ${percent(filing.why.p)}，看依据`, () => {
      button.hidden = true;
      const chart = el("div", "chart");
      box.after(
        el(
          "div", "waterfall",
          `蓝色的依据支持“同一事项”，红色的反对；各项相加为合计，合计越过竖线（0）即更可能是同一事项。把握 ${percent(filing.why.p)}。`, chart,
        ),
      );
      drawWaterfall(chart, filing.why);
    }, "plain grounds");
    box.append(button);
  }
  return box;
}

const percent = (p) => (p > 0.995 && p < 1 ? "99% 以上" : `${Math.round(p * 100)}%`);

/** Marks the words searched for in the open matter, where the browser can. */
function markFound() {
  if (!window.CSS?.highlights) return;
  const ranges = [];
  const words = queryWords();
  const walker = document.createTreeWalker(byId("matter"), NodeFilter.SHOW_TEXT);
  while (words.length && current && walker.nextNode() && ranges.length < 5000) {
    const text = walker.currentNode.data.toLowerCase();
    for (const word of words) {
      for (let start = text.indexOf(word); start >= 0; start = text.indexOf(word, start + word.length)) {
        const range = new Range();
        range.setStart(walker.currentNode, start);
        range.setEnd(walker.currentNode, start + word.length);
        ranges.push(range);
      }
    }
  }
  CSS.highlights.set("found", new Highlight(...ranges));
}
