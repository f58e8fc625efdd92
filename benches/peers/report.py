"""median table from results*.jsonl"""
import json, sys, statistics as st, collections
R = collections.defaultdict(list)
for f in sys.argv[1:] or ["results.jsonl"]:
    for l in open(f):
        r = json.loads(l); R[(r["case"], r["client"])].append(r)
def med(rs, k, d=3):
    v = [r[k] for r in rs if r.get(k) is not None]
    return round(st.median(v), d) if v else None
cases = []
for c, _ in R:
    if c not in cases: cases.append(c)
for c in cases:
    print("##", c)
    for cl in ("parlour","profanity","poezio","mcabber"):
        rs = R.get((c, cl))
        if not rs: continue
        if rs[0].get("na"): print(f"  {cl:10s} n/a: {rs[0]['na']}"); continue
        keys = [k for k in rs[0] if k not in ("client","case","rep","load","opened","sent","timeout","hist","top","pgup_ms","ok","vis","occ","n","seed","error")]
        ok = sum(1 for r in rs if r.get("ok")); 
        print(f"  {cl:10s} ok {ok}/{len(rs)} " + " ".join(f"{k}={med(rs,k)}" for k in keys if med(rs,k) is not None), end="")
        if "pgup_ms" in rs[0]:
            u = [x for r in rs for x in r["pgup_ms"] if x]; print(f" pgup_ms_med={round(st.median(u),1) if u else None} n_up={len(u)//len(rs)}", end="")
        print(f" load~{med(rs,'load',1)}")
