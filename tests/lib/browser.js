// SPDX-License-Identifier: GPL-2.0-only
/*
 * node browser.js DIRECTORY [pictures]: headless Chromium, by its debugging protocol over a pipe,
 * shows the pages that standard input names, a line for each view: PAGE WIDTH light|dark.  What is
 * seen goes to DIRECTORY/PAGE-WIDTH-SCHEME.json, one object, and with the word "pictures" a picture
 * to .png beside it, the PAGE by its name without its directory; for tests/cli/report-browser.t.
 * One Chromium shows all of them, since its start takes longer than a page, each in a context of
 * its own.
 */
"use strict";
const { spawn } = require("child_process");
const fs = require("fs");
const os = require("os");
const path = require("path");

const [directory, pictures] = process.argv.slice(2);
const views = fs.readFileSync(0, "utf8").split("\n").filter(line => line).map(line => line.split(" "));
const profile = fs.mkdtempSync(path.join(os.tmpdir(), "browser-"));
const chromium = spawn("chromium", ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
	"--no-first-run", "--hide-scrollbars", `--user-data-dir=${profile}`, "--remote-debugging-pipe", "about:blank"],
	{ stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"], detached: true });
const waiting = new Map();
let last = 0, buffer = "", session, loaded, seen, limit;

const end = status => {
	try {
		process.kill(-chromium.pid, "SIGKILL");
	} catch (e) {
		/* It has ended. */
	}
	setTimeout(() => {
		fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
		process.exit(status);
	}, 200);
};
const fail = text => {
	console.error(`browser.js: ${text}`);
	end(2);
};
chromium.on("error", e => fail(`chromium: ${e.message}`));

const send = (method, params = {}) => new Promise((resolve, reject) => {
	waiting.set(++last, { resolve, reject });
	chromium.stdio[3].write(JSON.stringify({ id: last, method, params, sessionId: session }) + "\0");
});
chromium.stdio[4].on("data", data => {
	buffer += data;
	for (let cut; (cut = buffer.indexOf("\0")) >= 0; buffer = buffer.slice(cut + 1)) {
		const message = JSON.parse(buffer.slice(0, cut));
		const { resolve, reject } = waiting.get(message.id) ?? {};
		waiting.delete(message.id);
		if (resolve)
			message.error ? reject(new Error(message.error.message)) : resolve(message.result);
		else if (!session || message.sessionId !== session)
			continue; /* of no page, or of the one before */
		else if (message.method === "Runtime.exceptionThrown")
			seen.errors.push(message.params.exceptionDetails.text);
		else if (message.method === "Log.entryAdded")
			seen.errors.push(message.params.entry.text);
		else if (message.method === "Runtime.consoleAPICalled")
			seen.errors.push(`console.${message.params.type}`);
		else if (message.method === "Network.requestWillBeSent")
			seen.requests.push(message.params.request.url.slice(0, 200));
		else if (message.method === "Page.loadEventFired")
			loaded();
	}
});

/* In the page. */
function look() {
	const cells = row => Object.fromEntries([...row.cells].filter(c => c.dataset.l)
		.map(c => [c.dataset.l, c.textContent]));
	const table = document.querySelector("table.ops");
	const overflowing = [...document.querySelectorAll("body *")].filter(e => {
		const box = e.getBoundingClientRect();
		return box.width && box.right > innerWidth + 1 && !e.closest("svg, .scroll, .stack i, .range i, thead");
	}).map(e => `${e.tagName}.${e.className} ${e.textContent.slice(0, 40)}`);
	/* Nor into the page's margin. */
	const end = document.querySelector("main").getBoundingClientRect().right;
	overflowing.push(...[...document.querySelectorAll("table")].filter(t => t.getBoundingClientRect().right > end + 1 &&
		!t.closest(".scroll")).map(t => `table ${t.className} by ${t.getBoundingClientRect().right - end}`));
	const rgb = text => text.match(/[\d.]+/g).slice(0, 3).map(Number);
	const light = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
		.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
	const ground = light(rgb(getComputedStyle(document.body).backgroundColor));
	const contrast = e => {
		const ink = light(rgb(getComputedStyle(e).color));
		return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
	};
	/* The points of a plot: strokes up from the axis, each a part of a path. */
	const stems = of => [...of.querySelectorAll('[stroke="rgb(  4,   5,   6)"] path, path[stroke="rgb(  4,   5,   6)"]')];
	return {
		title: document.title,
		width: document.documentElement.scrollWidth,
		inner: innerWidth,
		overflowing,
		ground,
		contrast: Math.min(...[...document.querySelectorAll("p, th, td, .sub, dd, dt, a")].map(contrast)),
		ids: [...document.querySelectorAll("[id]")].map(e => e.id).filter((id, i, all) => all.indexOf(id) !== i),
		unnamed: [...document.querySelectorAll("[role=img]")].filter(e => !e.getAttribute("aria-label") &&
			!(e.querySelector("title") && e.querySelector("desc"))).length,
		heads: [...document.querySelectorAll("table")].filter(t => !t.querySelector("thead th[scope=col]")).length,
		rows: [...table.tBodies[0].rows].map(row => ({ op: row.dataset.op, text: row.textContent, ...cells(row) })),
		/* Where the bars of compare begin and end, in per cent of their room. */
		ranges: Object.fromEntries([...table.querySelectorAll(".range")].map(r => {
			const whole = r.getBoundingClientRect(), bar = r.firstElementChild.getBoundingClientRect();
			return [r.closest("tr").dataset.op, [bar.left - whole.left, bar.right - whole.left]
				.map(x => Math.round(1000 * x / whole.width) / 10)];
		})),
		axis: table.querySelector(".axis")?.textContent,
		caption: table.caption.textContent,
		bars: [...table.querySelectorAll(".stack")].map(s => ({
			op: s.closest("tr").dataset.op,
			parts: [...s.children].map(i => [i.className, i.getBoundingClientRect().width]),
		})),
		strokes: Object.fromEntries([...document.querySelectorAll("figure[data-op]")].map(f =>
			[f.dataset.op, { points: stems(f).map(p => p.getAttribute("d").split("M").length - 1).reduce((a, b) => a + b, 0), ranges: f.querySelectorAll("polygon, path[fill]").length }])),
		plots: document.querySelectorAll("svg.plot").length,
		drawn: [...document.querySelectorAll("svg.plot")].filter(s => {
			const shape = s.querySelector("polygon, path[fill]") ?? stems(s)[0];
			return shape && shape.getBBox().width + shape.getBBox().height > 0 && s.getBoundingClientRect().height > 20;
		}).length,
		figures: document.querySelectorAll("figure").length,
		heading: document.querySelector("h1").textContent,
		bar: [...table.tHead.rows[0].cells].find(h => h.dataset.sort === "no")?.firstChild.textContent,
		parts: [...table.tHead.rows[0].cells].filter(h => h.querySelector(".key")).map(h => h.textContent),
	};
}
function use() {
	const table = document.querySelector("table.ops");
	const shown = () => [...table.tBodies[0].rows].filter(r => !r.hidden).map(r => r.dataset.op);
	const bars = () => ({
		scale: document.querySelector(".scale")?.textContent, axis: table.querySelector(".axis")?.textContent,
		widths: Object.fromEntries([...table.querySelectorAll("tr:not([hidden]) .stack")].map(s =>
			[s.closest("tr").dataset.op, Math.round(1000 * s.getBoundingClientRect().width /
				(s.parentNode.getBoundingClientRect().width - 1)) / 10])),
	});
	const scales = { none: bars() };
	const choice = document.querySelector("select[name=scale]");
	for (const kind of choice ? ["linear", "log", "share", "auto"] : []) {
		choice.value = kind;
		choice.dispatchEvent(new Event("change"));
		scales[kind] = bars();
	}
	const column = [...table.tHead.rows[0].cells].findIndex(c => /^(p50|new|latest|cost)$/.test(c.textContent));
	table.tHead.rows[0].cells[column].querySelector("button").click();
	const rows = [...table.tBodies[0].rows];
	const measured = rows.filter(r => !r.classList.contains("off"));
	const descending = measured.map(r => r.cells[column].textContent);
	const last = rows.slice(measured.length).every(r => r.classList.contains("off"));
	const search = document.querySelector("input[type=search]");
	search.value = "HYPERCALL other";
	search.dispatchEvent(new Event("input"));
	const filtered = shown();
	const asked = bars();
	search.value = "";
	search.dispatchEvent(new Event("input"));
	const ns = document.querySelector("input[name=ns]");
	const times = () => {
		const row = table.querySelector("tr[data-op=cpuid]");
		return { unit: table.querySelector(".unit")?.textContent, figures: [...table.tHead.rows[0].cells]
			.flatMap((head, i) => "ticks" in head.dataset ? [row.cells[i].textContent] : []).join(" ") };
	};
	ns?.click();
	const inNanoseconds = ns && times();
	ns?.click();
	return { scales, asked, descending, last, filtered, unfiltered: shown().length, ns: inNanoseconds, ticks: ns && times() };
}

/* The first flame graph, on its own or in a page: as it is, zoomed, searched, and whole again. */
function graph() {
	const svg = document.querySelector("svg.flame");
	if (!svg)
		return null;
	const boxes = [...svg.querySelectorAll(".boxes > svg")];
	const name = box => box.querySelector("title").textContent.replace(/[ :].*/, "");
	const text = box => box.querySelector("text")?.textContent ?? "";
	const told = () => [...svg.children].filter(e => e.localName === "text").slice(-2).map(e => e.textContent);
	const state = () => ({
		shown: boxes.filter(b => b.getAttribute("display") !== "none").map(b => {
			const box = b.getBoundingClientRect(), whole = svg.getBoundingClientRect();
			return `${name(b)} ${Math.round(100 * (box.left - whole.left) / whole.width)} ${
				Math.round(100 * b.querySelector("rect").getBoundingClientRect().width / whole.width)}`;
		}),
		/* Names that reach over the end of their boxes. */
		over: boxes.filter(b => b.getAttribute("display") !== "none" && text(b) &&
			b.querySelector("text").getBoundingClientRect().right >
			b.querySelector("rect").getBoundingClientRect().right + 1).map(text),
		told: told(),
		back: !svg.querySelector("button").hidden,
	});
	const click = box => box.dispatchEvent(new MouseEvent("click", { bubbles: true }));
	const find = words => {
		const field = svg.querySelector("input");
		field.value = words;
		field.dispatchEvent(new Event("input"));
		return { found: boxes.filter(b => b.classList.contains("found")).map(name), told: told() };
	};
	const seen = { width: svg.getBoundingClientRect().width, inner: innerWidth, height: boxes.map(b =>
		b.querySelector("rect").getBoundingClientRect().height).reduce((a, b) => Math.min(a, b)),
		letters: parseFloat(getComputedStyle(svg).fontSize) * svg.getScreenCTM().a,
		beyond: [...svg.querySelectorAll("text")].filter(e => e.getBoundingClientRect().right >
			svg.getBoundingClientRect().right + 1).map(e => e.textContent), whole: state() };
	const leaf = boxes.find(b => name(b) === "vcpu_run");
	click(leaf);
	seen.zoomed = state();
	svg.querySelector("button").click();
	seen.again = state();
	seen.search = find("USERSP");
	seen.nothing = find("");
	return seen;
}

/* The plots of a history: where changes are marked, and one that is opened, pointed at and closed. */
function trends() {
	const figures = [...document.querySelectorAll("#plots figure")];
	if (!figures.length)
		return null;
	const dialog = document.querySelector("dialog.zoom");
	const marks = {};
	for (const figure of figures)
		for (const mark of figure.querySelectorAll(".worse, .better")) {
			const box = mark.getBoundingClientRect(), whole = figure.querySelector("svg").getBoundingClientRect();
			marks[figure.dataset.op] = `${mark.getAttribute("class")} ${Math.round(100 * (box.left - whole.left) / whole.width)}`;
		}
	const first = figures.find(f => f.querySelector(".worse, .better")) ?? figures[0];
	first.querySelector("button").click();
	const svg = dialog.querySelector(".large svg"), box = svg.getBoundingClientRect();
	svg.dispatchEvent(new PointerEvent("pointermove", { clientX: box.left + 1, clientY: box.top + 5 }));
	const open = {
		title: dialog.querySelector("h2").textContent,
		areas: [...dialog.querySelectorAll(".area")].map(a => a.getAttribute("class").replace("area ", "")),
		legend: [...dialog.querySelectorAll("[data-part]")].filter(k => !k.hidden).map(k => k.textContent),
		points: svg.querySelector(".line").getAttribute("d").split(/[ML]/).length - 1,
		told: [...dialog.querySelectorAll(".told li")].map(e => e.textContent),
		at: dialog.querySelector(".at").textContent,
		/* A step of one instruction can be seen: the line's height, in per cent of its plot's. */
		step: Math.round(100 * svg.querySelector(".line").getBoundingClientRect().height / box.height),
		beyond: dialog.getBoundingClientRect().right > innerWidth + 1 || dialog.getBoundingClientRect().left < -1,
	};
	dialog.querySelector("form button").click();
	return { plots: document.querySelectorAll("#plots svg.trend").length, marks, open, closed: !dialog.open };
}

const evaluate = async what => {
	const r = await send("Runtime.evaluate", { expression: `(${what})()`, returnByValue: true });
	if (r.exceptionDetails)
		throw new Error(r.exceptionDetails.exception?.description ?? r.exceptionDetails.text);
	return r.result.value;
};

async function view(page, width, scheme) {
	clearTimeout(limit);
	limit = setTimeout(() => fail(`${page}, ${width} wide, ${scheme}: no end within 60 s`), 60000);
	seen = { errors: [], requests: [] };
	session = undefined;
	const { browserContextId } = await send("Target.createBrowserContext");
	const { targetId } = await send("Target.createTarget", { url: "about:blank", browserContextId });
	session = (await send("Target.attachToTarget", { targetId, flatten: true })).sessionId;
	for (const domain of ["Page", "Runtime", "Log", "Network"])
		await send(`${domain}.enable`);
	await send("Emulation.setDeviceMetricsOverride",
		{ width: Number(width), height: 900, deviceScaleFactor: 1, mobile: Number(width) < 700 });
	await send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
	const whole = new Promise(resolve => { loaded = resolve; });
	await send("Page.navigate", { url: `file://${path.resolve(page)}` });
	await whole;
	const alone = await evaluate(() => document.documentElement.localName === "svg");
	if (!alone)
		Object.assign(seen, await evaluate(look));
	seen.graph = await evaluate(graph);
	const name = path.join(directory, `${path.basename(page)}-${width}-${scheme}`);
	if (pictures) {
		const shot = await send("Page.captureScreenshot", { captureBeyondViewport: true });
		fs.writeFileSync(`${name}.png`, Buffer.from(shot.data, "base64"));
	}
	if (!alone) {
		seen.used = await evaluate(use);
		seen.trends = await evaluate(trends);
	}
	fs.writeFileSync(`${name}.json`, JSON.stringify(seen) + "\n");
	session = undefined;
	await send("Target.disposeBrowserContext", { browserContextId });
}

(async () => {
	for (const [page, width, scheme] of views)
		await view(page, width, scheme);
	end(0);
})().catch(e => fail(e.message));
