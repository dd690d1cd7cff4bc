"""What the tests ask the page in its own language."""

PROJECT = """async (points) => {
    const { frameOf, matrixOf } = await import("/explorer/view/plotly_internals.js");
    const { Lens } = await import("/explorer/view/lens.js");
    const plot = document.querySelector("[data-testid=plot]");
    const matrix = matrixOf(plot);
    if (!matrix) throw new Error("Plotly's private fields are not what plotly_internals.js expects.");
    const { left, top } = plot.getBoundingClientRect();
    const frame = frameOf(plot);
    const lens = new Lens().take(matrix, { ...frame, left: frame.left + left, top: frame.top + top });
    return points.map((point) => lens.place(point));
}"""
IMAGE_PIXELS = """(image) => {
    const pen = Object.assign(document.createElement("canvas"), { width: 32, height: 32 }).getContext("2d");
    pen.drawImage(image, 0, 0);
    return Array.from(pen.getImageData(0, 0, 32, 32).data);
}"""
PIXELS = """(canvas) => Array.from(canvas.getContext("2d").getImageData(0, 0, 32, 32).data)"""
SETTLED = "() => document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
RESIZED = """() => {
    const rectangle = (each) => document.querySelector(each).getBoundingClientRect();
    const [plot, stage] = ["[data-testid=plot] canvas", "[data-testid=stage]"].map(rectangle);
    return Math.abs(plot.height - stage.height) < 2 && Math.abs(plot.width - stage.width) < 2;
}"""
ADDRESS_HAS = """(wanted) => {
    const has = new URLSearchParams(location.search);
    const is = ([name, value]) => (value === "*" ? has.has(name) : (has.get(name) ?? "") === value);
    return Object.entries(wanted).every(is);
}"""
ADDRESS_IS_AT = """(wanted) => {
    const p = (new URLSearchParams(location.search).get("p") ?? "").split(",").map(Number);
    return p.length === 3 && p.every((value, axis) => Math.abs(value - wanted[axis]) < 6e-4);
}"""
KEEP_NOTICES = """window.notices = [];
new MutationObserver(() => {
    for (const notice of document.querySelectorAll("[data-testid^=notice-]")) notices.push(notice.textContent);
}).observe(document, { childList: true, subtree: true });"""  # those that go by themselves
HAS_NOTICED = "(words) => notices.some((notice) => notice.includes(words))"
CAMERA = "document.querySelector('[data-testid=plot]').layout.scene.camera"
VISIBLE = """document.querySelector('[data-testid=plot]').data.filter((trace) => trace.mode === 'markers')
    .map((trace) => trace.visible !== false)"""
