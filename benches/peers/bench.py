#!/usr/bin/env python3
"""bench.py CLIENT CASE [--reps N] ...  -> appends JSON lines to results.jsonl, screens to dumps/"""
import sys, os, json, time, subprocess, threading, queue, shutil, argparse, statistics, tempfile
sys.path.insert(0, os.path.dirname(__file__))
import server as srv
from term import Term, ESC
from adapters import CLIENTS
OUT = os.environ.get("BENCH_OUT", ".")
HERE = os.path.dirname(os.path.abspath(__file__))
HOMES = os.environ.get("BENCH_HOMES", os.path.join(OUT, "homes"))
A = "aaaend@fake.localhost"

class Comp:
    def __init__(self):
        self.p = subprocess.Popen([sys.executable, HERE+"/comp.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.q = queue.Queue(); threading.Thread(target=self._rd, daemon=True).start()
        assert self.wait("ready", 10)
    def _rd(self):
        for l in self.p.stdout: self.q.put(json.loads(l))
    def do(self, **c): self.p.stdin.write(json.dumps(c)+"\n"); self.p.stdin.flush()
    def wait(self, ev, timeout=60):
        end = time.time()+timeout
        while time.time() < end:
            try: e = self.q.get(timeout=.5)
            except queue.Empty: continue
            if e["ev"] == ev: return e
        return None
    def drain(self):
        out = []
        while not self.q.empty(): out.append(self.q.get())
        return out
    def stop(self):
        try: self.do(op="quit")
        except OSError: pass
        try: self.p.wait(3)
        except subprocess.TimeoutExpired: self.p.kill(); self.p.wait()

class Ctx:
    def __init__(self):
        self.s = srv.Server().start()
        try: self.c = Comp()
        except BaseException: self.s.stop(); raise
    def stop(self): self.c.stop(); self.s.stop()

def record(client, case, rep, **k):
    r = dict(client=client, case=case, rep=rep, load=os.getloadavg()[0], **k)
    open(OUT+"/results.jsonl","a").write(json.dumps(r)+"\n"); print(json.dumps(r), flush=True); return r
def dump(t, client, case, rep):
    os.makedirs(OUT+"/dumps", exist_ok=True)
    x = t.text(); open(f"{OUT}/dumps/{client}-{case}-{rep}.txt","w").write(x+"\n"); return x

def launch(ctx, ad, user, home=None, wait_roster=True, **opt):
    home = home or f"{HOMES}/{ad.name}-{user}"
    if opt.pop("fresh", True): shutil.rmtree(home, ignore_errors=True)
    os.makedirs(home, exist_ok=True); ad.setup(home, user, **opt)
    n = srv.ACCTS[user]; ctx.c.drain(); ctx.c.do(op="online", total=n, every=2)
    s0 = ctx.s.cpu()
    subprocess.run(["chown","-R","65534:65534",home]); os.system("sync -f "+home) if opt.get("sync") else None
    t = Term(ad.argv(user), ad.env(home), home); t.home = home
    ad.after_first(t, user)
    if wait_roster:
        t.t_roster = t.wait_screen(ad.online, 60)
        t.cpu_roster = t.cpu(); t.srv_cpu = ctx.s.cpu()-s0
    return t

def finish(t, ad):
    ad.quit(t); end = time.time()+3
    while time.time() < end and t.reap() is None: t.read(.05)
    t.kill()

def case_start(ctx, ad, user, case, rep):
    t = launch(ctx, ad, user); evs = ctx.c.drain()
    t.settle(.5, 5); x = dump(t, ad.name, case, rep)
    record(ad.name, case, rep, first_s=t.first, roster_s=t.t_roster, cpu_s=t.cpu_roster, cpu_total=t.cpu(), rss_mb=t.rss(), hwm_mb=t.hwm(),
           srv_cpu=t.srv_cpu, bytes=len(t.raw), ok=bool(t.t_roster and ad.online(x)))
    finish(t, ad)

def case_first(ctx, ad, case, rep, n, starts=15):
    """exec to the first printable byte, on a profile that was there before; n messages in it (0: none); median of the starts"""
    home = f"{HOMES}/{ad.name}-first{n}"; shutil.rmtree(home, ignore_errors=True); os.makedirs(home); ad.setup(home, "bflood")
    if n: ad.seed_history(home, "bflood", A, n, srv.body)
    finish(launch(ctx, ad, "bflood", home=home, fresh=False), ad)
    wall, cpu = [], []
    for _ in range(starts):
        t = Term(ad.argv("bflood"), ad.env(home), home)
        while t.first is None and t.now() < 3: t.read(.2)
        wall.append(t.first); cpu.append(t.cpu()); t.kill()
    record(ad.name, case, rep, n=n, first_s=pct(wall, .5), least_s=min(wall), cpu_s=pct(cpu, .5), ok=None not in wall)

def case_idle(ctx, ad, case, rep, secs=60):
    t = launch(ctx, ad, "bidle"); t.pump(8)
    c0, s0, b0 = t.cpu(), t.status(), len(t.raw)
    t.pump(secs)
    c1, s1 = t.cpu(), t.status(); x = dump(t, ad.name, case, rep)
    record(ad.name, case, rep, secs=secs, cpu_s=c1-c0, vol=s1["vol"]-s0["vol"], nonvol=s1["nonvol"]-s0["nonvol"], rss_mb=t.rss(), hwm_mb=t.hwm(),
           threads=s1.get("Threads"), bytes=len(t.raw)-b0, ok=ad.online(x))
    finish(t, ad)

def case_idleall(ctx, names, case, rep, secs=60):
    ts = []
    for n in names:
        ad = CLIENTS[n](); ts.append((ad, launch(ctx, ad, "bidle")))
    end = time.time()+8
    def pump(end):
        while time.time() < end:
            for _, t in ts: t.read(.01)
            time.sleep(.05)
    pump(end); a = [(t.cpu(), t.status(), len(t.raw)) for _, t in ts]; pump(time.time()+secs)
    for (ad, t), (c0, s0, b0) in zip(ts, a):
        c1, s1 = t.cpu(), t.status(); x = dump(t, ad.name, case, rep)
        record(ad.name, case, rep, secs=secs, cpu_ms=(c1-c0)*1000, vol=s1["vol"]-s0["vol"], nonvol=s1["nonvol"]-s0["nonvol"], rss_mb=t.rss(), hwm_mb=t.hwm(),
               threads=s1.get("Threads"), bytes=len(t.raw)-b0, ok=ad.online(x))
    for ad, t in ts: finish(t, ad)

def case_flood(ctx, ad, case, rep, n, seed=0, timeout=240, nostore=True, key="flood"):
    home = f"{HOMES}/{ad.name}-bflood"; shutil.rmtree(home, ignore_errors=True); os.makedirs(home)
    if seed: ad.setup(home, "bflood"); ad.seed_history(home, "bflood", A, seed, srv.body)
    t = launch(ctx, ad, "bflood", home=home, fresh=False); ok0 = t.t_roster is not None
    ad.open_chat(t, A); t.settle(.7, 120); opened = ad.chat_open(t.text())
    mark = f"ZQXK{rep}WVJ{n}"; c0, r0, b0, s0, st0 = t.cpu(), t.rss(), len(t.raw), ctx.s.cpu(), t.status()
    sto0 = ad.stored(home, "bflood", A) or 0
    ctx.c.drain(); w0 = time.perf_counter()
    ctx.c.do(op="flood", to="bflood@localhost", n=n, rate=0, marker=mark, extra="<no-store xmlns='urn:xmpp:hints'/>" if nostore else "")
    got = t.wait_raw(mark.encode(), timeout, start=b0)
    wall = time.perf_counter()-w0; cpu_at = t.cpu()-c0; e = ctx.c.drain()
    hw = t.hwm(); r1 = t.rss(); s1 = t.status()
    t.settle(.5, 5)
    if len(t.raw)-t.fed > 30_000_000: t.fed = len(t.raw)-2_000_000
    x = dump(t, ad.name, case, rep)
    lines = [l for l in x.split("\n") if " m0" in l or mark in l]
    stored = (ad.stored(home, "bflood", A) or 0)-sto0
    record(ad.name, case, rep, n=n, seed=seed, opened=opened, wall_s=wall if got else None, cpu_s=cpu_at, cpu_per_1k=cpu_at/n*1000, srv_cpu=ctx.s.cpu()-s0,
           rss0=r0, rss1=r1, hwm=hw, bytes=len(t.raw)-b0, bytes_per_msg=(len(t.raw)-b0)/n, vol=s1["vol"]-st0["vol"], stored=stored,
           sent=[y["ev"] for y in e], ok=bool(got and mark in x), timeout=timeout)
    finish(t, ad); return got

def case_rate(ctx, ad, case, rep, rate, secs=10, n_active=True):
    """moderate rate: bytes and CPU per message when every message can be painted"""
    t = launch(ctx, ad, "bflood"); ad.open_chat(t, A); t.settle(.7, 20)
    n = rate*secs; mark = f"ZQXK{rep}WVJ"; c0, b0 = t.cpu(), len(t.raw)
    ctx.c.do(op="flood", to="bflood@localhost", n=n, rate=rate, marker=mark, extra="<no-store xmlns='urn:xmpp:hints'/>")
    got = t.wait_raw(mark.encode(), secs*3+20, start=b0); c1 = t.cpu(); b1 = len(t.raw); t.settle(.5,5); x = dump(t, ad.name, case, rep)
    record(ad.name, case, rep, n=n, rate=rate, cpu_per_1k=(c1-c0)/n*1000, bytes_per_msg=(b1-b0)/n, ok=bool(got and mark in x))
    finish(t, ad)

def case_muc(ctx, ad, case, rep, n, timeout=90):
    t = launch(ctx, ad, "bmuc"); t.settle(.5, 5)
    c0, r0, b0, s0 = t.cpu(), t.rss(), len(t.raw), ctx.s.cpu(); w0 = time.perf_counter()
    ctx.c.drain(); ad.join(t, f"occ{n}@fake.localhost", "zzme")
    got = t.wait_raw(b"JOINDONEXQZ", timeout, start=b0); wall = time.perf_counter()-w0; c1 = t.cpu()-c0; s1 = ctx.s.cpu()-s0
    t.settle(1.0, 10); c2 = t.cpu()-c0; evs = ctx.c.drain(); x = dump(t, ad.name, case, rep)
    j = next((e["t"] for e in evs if e["ev"]=="join"), None); js = next((e["t"] for e in evs if e["ev"]=="join_sent"), None)
    record(ad.name, case, rep, n=n, wall_s=wall if got else None, cpu_s=c1, cpu_settled=c2, srv_cpu=s1, rss0=r0, rss1=t.rss(), bytes=len(t.raw)-b0, vis="JOINDONEXQZ" in x, occ="nick0" in x, ok=bool(got and "JOINDONEXQZ" in x))
    return t

def keylat(t, ad, nkeys, alphabet="QUVWYZ"):
    """type single letters the rest of the screen never prints; seconds until each comes back"""
    lat = []; lost = 0
    for i in range(nkeys):
        if i % 18 == 0:
            t.write(ad.clear_input); t.settle(.15, 1)
        ch = alphabet[i % len(alphabet)].encode(); b0 = len(t.raw)
        time_to = time.perf_counter(); t.write(ch); hit = False
        while time.perf_counter()-time_to < 3:
            if t.read(.2) and ch in ESC.sub(b"", bytes(t.raw[b0:])): hit = True; break
        if hit: lat.append((time.perf_counter()-time_to)*1000)
        else: lost += 1
        end = time.perf_counter()+.03
        while time.perf_counter() < end: t.read(.005)
    t.write(ad.clear_input); return lat, lost
def pct(v, p): v = sorted(v); return v[min(len(v)-1, int(len(v)*p))] if v else None

def case_keys(ctx, ad, case, rep, rate=0, nkeys=200):
    t = launch(ctx, ad, "bflood"); ad.open_chat(t, A); t.settle(.7, 20)
    if rate:
        ctx.c.do(op="flood", to="bflood@localhost", n=rate*60, rate=rate, extra="<no-store xmlns='urn:xmpp:hints'/>"); t.pump(2)
    c0, b0, w0 = t.cpu(), len(t.raw), time.perf_counter()
    lat, lost = keylat(t, ad, nkeys)
    x = dump(t, ad.name, case, rep); w = time.perf_counter()-w0
    record(ad.name, case, rep, rate=rate, p50=pct(lat,.5), p90=pct(lat,.9), p99=pct(lat,.99), mx=max(lat) if lat else None, n=len(lat), lost=lost, cpu_s=t.cpu()-c0, cpu_share=(t.cpu()-c0)/w, ok=lost==0); ctx.c.do(op="stop")
    finish(t, ad)

def case_history(ctx, ad, case, rep, n):
    """start with n messages in the local log of one chat, open it, 10 x page up"""
    home = f"{HOMES}/{ad.name}-hist{n}"
    mark = f"m{n-1:06d}"
    if not os.path.exists(home+"/.seeded"):
        shutil.rmtree(home, ignore_errors=True); os.makedirs(home); ad.setup(home, "bflood"); ad.seed_history(home, "bflood", A, n, srv.body)
        open(home+"/.seeded","w").close()
    t = launch(ctx, ad, "bflood", home=home, fresh=False)
    t.settle(.5, 5); c0, w0, b0, r0 = t.cpu(), time.perf_counter(), len(t.raw), t.rss()
    ad.open_chat(t, A)
    got = t.wait_screen(lambda x: mark in x, 60); w_open = time.perf_counter()-w0
    t.settle(.4, 5); c_open = t.cpu()-c0; x0 = dump(t, ad.name, case+"-open", rep)
    ups = []; c1 = t.cpu(); seen = []
    for i in range(10):
        before = t.text(); u0 = time.perf_counter(); t.write(ad.page_up)
        ok = t.wait_screen(lambda x: x != before, 2); ups.append((time.perf_counter()-u0)*1000 if ok else None); t.settle(.25, 20)
        if ups[-2:] == [None, None]: break
        seen.append([l for l in t.text().split("\n") if " m0" in l or "m"+str(n-1)[0] in l][:1])
    x = dump(t, ad.name, case+"-up10", rep)
    record(ad.name, case, rep, n=n, first_s=t.first, roster_s=t.t_roster, open_s=w_open if got else None, cpu_open=c_open, pgup_ms=ups, cpu_pgup=(t.cpu()-c1)/10, rss0=r0, rss_mb=t.rss(), hwm=t.hwm(), top=[s[0].strip()[:70] if s else "" for s in seen], ok=bool(got))
    return t

def case_mam(ctx, ad, case, rep, n, timeout=60):
    home = f"{HOMES}/{ad.name}-bmam"; shutil.rmtree(home, ignore_errors=True); os.makedirs(home)
    mark = f"ZQMAM{rep}END"
    ctx.c.do(op="flood", to="bmam@localhost", n=1, rate=0); time.sleep(.7); srv.reset_archive()   # makes Prosody create its table
    try: os.unlink(srv.BASE+"/data/localhost/offline/bmam.list")
    except OSError: pass
    # one known old message so that the client has a starting point, then n missed ones
    ad.setup(home, "bmam", mam=True)
    if ad.mam_goes_on:
        srv.seed_mam("bmam", 3, t0=int(time.time())-n-600); t = launch(ctx, ad, "bmam", home=home, fresh=False, mam=True)
        t.settle(1, 8); finish(t, ad)
    srv.seed_mam("bmam", n, marker=mark)
    t = launch(ctx, ad, "bmam", home=home, fresh=False, mam=True)
    if not ad.mam_goes_on: t.settle(.5, 5)
    c0, w0, b0 = t.cpu(), time.perf_counter(), len(t.raw); s0 = ctx.s.cpu()
    ad.open_chat(t, A); got = t.wait_screen(lambda x: mark in x, timeout); wall = time.perf_counter()-w0; cpu_vis = t.cpu()-c0
    prev = -1; last_change = time.perf_counter(); stored = 0; hist = []
    while time.perf_counter()-w0 < timeout:
        t.pump(.5); stored = ad.stored(home, "bmam", A)
        if stored != prev: prev = stored; last_change = time.perf_counter(); hist.append((round(last_change-w0,2), stored))
        if stored and stored >= n: break
        if time.perf_counter()-last_change > 6: break
    stored = ad.stored(home, "bmam", A)
    x = dump(t, ad.name, case, rep)
    record(ad.name, case, rep, n=n, visible_s=wall if got else None, cpu_visible=cpu_vis, stored=stored, stored_s=last_change-w0, cpu_s=t.cpu()-c0, srv_cpu=ctx.s.cpu()-s0, rss=t.rss(), hist=hist[-4:], ok=bool(got), complete=bool(stored and stored>=n))
    finish(t, ad)

def case_search(ctx, ad, case, rep, n):
    t = case_history(ctx, ad, case+"-pre", rep, n)
    t.write(b"\x1b[F"); t.settle(.3,3)
    needle = "m000777"; b0 = len(t.raw); c0, w0 = t.cpu(), time.perf_counter(); ad.search(t, needle)
    got = t.wait_screen(lambda x: any(ad.is_hit(l, needle) for l in x.split("\n")), 60)
    x = dump(t, ad.name, case, rep)
    record(ad.name, case, rep, n=n, wall_s=time.perf_counter()-w0 if got else None, cpu_s=t.cpu()-c0, ok=bool(got))
    finish(t, ad)

def run_case(ctx, name, case, rep, a):
    base, _, num = case.partition(":"); num = int(num) if num else None
    if base in CLIENTS[name].na: return record(name, case, rep, na=CLIENTS[name].na[base])
    ad = CLIENTS[name]()
    try:
        if base == "start": case_start(ctx, ad, f"b{num}", case, rep)
        elif base == "first": case_first(ctx, ad, case, rep, num)
        elif base == "idle": case_idle(ctx, ad, case, rep, a.secs)
        elif base == "flood": case_flood(ctx, ad, case, rep, num, timeout=a.timeout)
        elif base == "floodseed": case_flood(ctx, ad, case, rep, 200, seed=num, timeout=a.timeout)
        elif base == "floodon": case_flood(ctx, ad, case, rep, 10000, seed=num, timeout=a.timeout)
        elif base == "floodsid": case_flood(ctx, ad, case, rep, 200, seed=num, timeout=a.timeout, nostore=False)
        elif base == "floodarch": case_flood(ctx, ad, case, rep, num, timeout=a.timeout, nostore=False)
        elif base == "rate": case_rate(ctx, ad, case, rep, num)
        elif base == "muc": t = case_muc(ctx, ad, case, rep, num); finish(t, ad)
        elif base == "keys": case_keys(ctx, ad, case, rep, num)
        elif base == "history": finish(case_history(ctx, ad, case, rep, num), ad)
        elif base == "mam": case_mam(ctx, ad, case, rep, num)
        elif base == "search": case_search(ctx, ad, case, rep, num)
    except Exception as e:
        import traceback; traceback.print_exc(); record(name, case, rep, error=repr(e))

def main():
    import signal; signal.signal(signal.SIGTERM, lambda *a: sys.exit(143))
    ap = argparse.ArgumentParser(); ap.add_argument("client"); ap.add_argument("case"); ap.add_argument("--reps", type=int, default=1); ap.add_argument("--secs", type=int, default=60); ap.add_argument("--timeout", type=int, default=240)
    ap.add_argument("--turns", action="store_true", help="every client once per case, then all of it again, each time another client first")
    a = ap.parse_args(); names, cases = a.client.split(","), a.case.split(","); ctx = Ctx()
    try:
        if a.turns:
            for rep in range(a.reps):
                order = names[rep % len(names):] + names[:rep % len(names)]
                for case in cases:
                    if case == "idleall": case_idleall(ctx, names, case, rep, a.secs); continue
                    for name in order:
                        # Over a minute each time, and always the same answer.
                        if case == "start:2000" and name == "profanity" and rep: continue
                        run_case(ctx, name, case, rep, a)
            return
        if a.case == "idleall":
            for rep in range(a.reps): case_idleall(ctx, names, "idleall", rep, a.secs)
            return
        for name in names:
            for case in cases:
                for rep in range(a.reps): run_case(ctx, name, case, rep, a)
    finally: ctx.stop()
if __name__ == "__main__": main()
