"""Measured data in the forms in which they are published: read with the right numbers, or refused."""

from kinds import kind

R0 = "/parameters"


def hepdata(case, header="k*", units="GeV/$c$", error=lambda i: "symerror: 0.02", bins=None, values=None, more="",
            quantity="C(k*)"):
    """A table of eight bins, as the template's."""
    import numpy as np
    rows = [line.split(",") for line in (case.bench.workshop / "data.csv").read_text().splitlines()[1:]]
    text = f"independent_variables:\n- header: {{name: '{header}', units: '{units}'}}\n  values:\n"
    for i, row in enumerate(rows):
        low, high = float(row[0]) / 1000, float(row[1]) / 1000
        text += "  - " + (bins(i, low, high) if bins else f"{{low: {low:.6g}, high: {high:.6g}}}") + "\n"
    text += f"dependent_variables:\n- header: {{name: '{quantity}', units: ''}}\n  values:\n"
    for i, row in enumerate(rows):
        text += (f"  - value: {values(i, float(row[2])) if values else row[2]}\n"
                 f"    errors:\n    - {{label: stat, {error(i)}}}\n")
    return text + more, np.array([float(row[2]) for row in rows])


@kind(40)
def published(case):
    """Units, signs, one-sided errors, encodings, per cent, missing bins: right numbers or a refusal."""
    template = case.template("fit")
    template.config["data"] = {"file": "data.yaml", "errors": ["stat"]}
    (case.folder / "data.yaml").write_text(hepdata(case)[0])
    good = template.copy()
    reference_case = case.bench.__dict__.setdefault("published_reference", {})
    if not reference_case:
        import judge
        case.write(good.config)
        ended = case.start("fit", "config.yaml").wait(case.bench.limit_s)
        if ended.code != 0:
            case.fault("good input refused", ended.err[-300:])
            return
        reference_case.update({name: judge.read_results(case.folder / name) for name in good.outputs})
        for name in good.outputs:
            (case.folder / name).unlink()
    same = {
        "unsigned": dict(error=lambda i: "asymerror: {plus: 0.02, minus: 0.02}"),
        "signed": dict(error=lambda i: "asymerror: {plus: 0.02, minus: -0.02}"),
        "reversed": dict(error=lambda i: "asymerror: {plus: -0.02, minus: 0.02}"),
        "text": dict(error=lambda i: "symerror: '0.02'"),
        "negative": dict(error=lambda i: "symerror: -0.02"),
        "spaces": dict(error=lambda i: "symerror: ' 0.02 '"),
        "math units": dict(units="$\\mathrm{GeV}/c$"), "plain units": dict(units="GeV/c"),
        "upper units": dict(units="GEV/C"), "only GeV": dict(units="GeV"), "thin": dict(units="GeV$/c$"),
        "MeV": dict(units="MeV/c", bins=lambda i, low, high: f"{{low: {low * 1000}, high: {high * 1000}}}"),
        "text edges": dict(bins=lambda i, low, high: f"{{low: '{low}', high: '{high}'}}"),
        "all three": dict(bins=lambda i, low, high: f"{{low: {low}, high: {high}, value: {(low + high) / 2}}}"),
        "unit in name": dict(header="k* (GeV/c)", units=""), "unit in brackets": dict(header="$k^{*}$ [GeV/$c$]",
            units=""),
    }
    different = {
        "inverse": dict(units="GeV**-1"), "inverse tex": dict(units="GeV$^{-1}$"), "squared": dict(units="GeV^2"),
        "1/GeV": dict(units="1/GeV"), "fm": dict(units="fm"), "none": dict(units=""),
        "keV": dict(units="keV/c"), "TeV": dict(units="TeV"), "Q": dict(header="Q"), "q_inv": dict(header="$q_{inv}$"),
        "Qinv": dict(header="$Q_{\\mathrm{inv}}$"),
        "mT": dict(header="$m_T$"), "kT": dict(header="k_T"), "nan": dict(values=lambda i, c: ".nan" if i == 3 else c),
        "inf": dict(values=lambda i, c: ".inf" if i == 3 else c),
        "no error": dict(error=lambda i: "x: 1"), "zero error": dict(error=lambda i: "symerror: 0"),
        "nan error": dict(error=lambda i: "symerror: .nan"),
        "overlap": dict(bins=lambda i, low, high: f"{{low: {low}, high: {high + 0.005}}}"),
        "reverse": dict(bins=lambda i, low, high: f"{{low: {0.5 - low}, high: {0.52 - low}}}"),
        "edges swapped": dict(bins=lambda i, low, high: f"{{low: {high}, high: {low}}}"),
        "text value": dict(values=lambda i, c: "high" if i == 1 else c),
        "negative k": dict(bins=lambda i, low, high: f"{{low: {low - 0.1}, high: {high - 0.1}}}"),
    }
    either = {
        "one-sided": dict(error=lambda i: "asymerror: {plus: '', minus: -0.02}"),
        "absent side": dict(error=lambda i: "asymerror: {minus: -0.02}"),
        "both up": dict(error=lambda i: "asymerror: {plus: 0.02, minus: 0.01}"),
        "mixed signs": dict(error=lambda i: f"asymerror: {{plus: {'-' if i % 2 else ''}0.02, minus: 0.01}}"),
        "missing": dict(values=lambda i, c: "'-'" if i == 2 else c),
        "empty value": dict(values=lambda i, c: "''" if i == 2 else c),
        "per cent": dict(error=lambda i: "symerror: '2%'"),
        "corrupt bin": dict(values=lambda i, c: -0.3 if i == 1 else c),
        "huge": dict(values=lambda i, c: 1e300 if i == 1 else c), "huge error": dict(error=lambda i: "symerror: 1e300"),
        "tiny error": dict(error=lambda i: "symerror: 1e-300"),
        "points": dict(bins=lambda i, low, high: f"{{value: {low + 0.01}}}"),
    }
    name = case.random.choice([*same, *same, *different, *different, *either])
    case.what += f": {name}"
    choice = same.get(name) or different.get(name) or either[name]
    text = hepdata(case, **choice)[0]
    encoding = case.random.choice(["utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16"])
    (case.folder / "data.yaml").write_bytes(text.encode(encoding))
    case.what += "" if encoding == "utf-8" else f" in {encoding}"
    case.write(template.config)
    ended = case.run(template, expect="refused" if name in different else "either")
    if ended.code == 0 and name in same:
        case.compare(template, expected=reference_case, tolerance=1e-3)
