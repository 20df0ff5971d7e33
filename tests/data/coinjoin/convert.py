#!/usr/bin/env python3
"""Makes the files of this folder from the sources that ORIGIN.md names.

usage: convert.py FOLDER    FOLDER holds the unpacked archives, each under its own name
"""
import glob
import gzip
import json
import os
import sys
from decimal import Decimal

# Ours: the archive and the list in it.
LISTS = {
    "whirlpool": "dumplings__sw_202403/Scanner/SamouraiCoinJoins.txt",
    "whirlpool_tx0": "dumplings__sw_202403/Scanner/SamouraiTx0s.txt",
    "wasabi2": "dumplings__end_zksnacks_202405/Scanner/Wasabi2CoinJoins.txt",
    "wasabi1_2018": "dumplings__end_zksnacks_202405/Scanner/WasabiCoinJoins.txt",
    "wasabi1_2021": "dumplings__ww1_202405/Scanner/WasabiCoinJoins.txt",
    "other": "dumplings__jm_202406/Scanner/OtherCoinJoins.txt",
    "other_postmix": "dumplings__jm_202406/Scanner/OtherCoinJoinPostMixTxs.txt",
    "joinmarket_filter": "jm_filter_false_positives/Scanner/*.txt",
}
RUNS = {
    "emulated_wasabi2_a": "emul__ww2_*/*/*15-19*",
    "emulated_wasabi2_b": "emul__ww2_*/*/*17-21*",
    "emulated_joinmarket": "emul__joinmarket_*/*/*",
}


def write(name, lines):
    with open(name + ".txt.gz", "wb") as raw:
        with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as file:
            file.write(("\n".join(lines) + "\n").encode())


def coin(text):
    """[prevtxid-n-]value+script+type -> value:script"""
    value, script = text.split("+")[:2]
    return value.split("-")[-1] + ":" + script


def convert_list(name, folder, pattern):
    lines = {}
    for path in sorted(glob.glob(os.path.join(folder, pattern))):
        for line in open(path):
            fields = line.rstrip("\n").split(":::")
            if len(fields) < 6:
                continue
            inputs = " ".join(coin(one) for one in fields[4].split("}{"))
            outputs = " ".join(coin(one) for one in fields[5].split("}{"))
            lines.setdefault(fields[0], f"{fields[0]} {fields[3]} | {inputs} | {outputs}")
    write(name, lines.values())


def owners_of(run):
    path = os.path.join(run, "wallets_info.json")
    if os.path.exists(path):
        return {a: w for w, all in json.load(open(path)).items() for a in all}
    owners = {}
    for path in sorted(glob.glob(os.path.join(run, "data", "*", "keys.json"))):
        for key in json.load(open(path)):
            owners.setdefault(key["address"], path.split(os.sep)[-2])
    return owners


def convert_run(name, folder, pattern):
    run = glob.glob(os.path.join(folder, pattern))[0]
    owners, seen, lines = owners_of(run), {}, []
    blocks = [json.load(open(p), parse_float=Decimal) for p in glob.glob(os.path.join(run, "data/btc-node/block_*"))]
    for block in sorted(blocks, key=lambda b: b["height"]):
        lines.append(f"block {block['height']}")
        for tx in block["tx"]:
            ins = [f"{i['txid']}:{i['vout']}" for i in tx["vin"] if "txid" in i]
            outs = []
            for out in tx["vout"]:
                script = out["scriptPubKey"]
                outs.append(f"{int(Decimal(str(out['value'])) * 10**8)}:{script['hex']}")
                if script.get("address") in owners:
                    seen[script["hex"]] = owners[script["address"]]
            lines.append(f"tx {tx['txid']} | {' '.join(ins)} | {' '.join(outs)}")
    lines += [f"owner {script} {owner}" for script, owner in seen.items()]
    write(name, lines)


def convert_patterns(name, folder):
    lines = []
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        tx = json.load(open(path))
        coins = [[f"{c['value']}:{c['scriptpubkey']}" for c in side]
                 for side in ([i["prevout"] for i in tx["vin"]], tx["vout"])]
        name_of = os.path.basename(path)[:-len(".json")]
        lines.append(f"{name_of} 0 | {' '.join(coins[0])} | {' '.join(coins[1])}")
    write(name, lines)


def main():
    convert_patterns("patterns", os.path.join(sys.argv[1], "privacy-patterns"))
    for name, pattern in LISTS.items():
        convert_list(name, sys.argv[1], pattern)
    for name, pattern in RUNS.items():
        convert_run(name, sys.argv[1], pattern)


main()
