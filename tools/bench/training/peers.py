"""One run of a peer in a process of its own: peers.py <peer> <folder> <rounds>. Prints what it cost as JSON."""

import json
import resource
import sys
import time

import numpy as np

peer, folder, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
COLUMNS = 32


def read(name):
    values = np.fromfile(f"{folder}/{name}.values", dtype=np.float32).reshape(-1, COLUMNS)
    return values, np.fromfile(f"{folder}/{name}.labels", dtype=np.uint8)


def scikit_learn():
    import sklearn
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(
        max_iter=rounds, max_leaf_nodes=31, learning_rate=0.1, l2_regularization=1, max_bins=255,
        min_samples_leaf=20, early_stopping=False, random_state=1,
    )
    return f"scikit-learn {sklearn.__version__}", model


def xgboost():
    import xgboost

    model = xgboost.XGBClassifier(
        n_estimators=rounds, max_leaves=31, max_depth=0, grow_policy="lossguide", tree_method="hist",
        learning_rate=0.1, reg_lambda=1, min_child_weight=1, max_bin=255, n_jobs=1, random_state=1,
    )
    return f"XGBoost {xgboost.__version__}", model


name, model = {"sklearn": scikit_learn, "xgboost": xgboost}[peer]()
from sklearn.metrics import roc_auc_score

values, labels = read("train")
test_values, test_labels = read("test")
idle = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
cpu, wall = time.process_time(), time.perf_counter()
model.fit(values, labels)
cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
auc = roc_auc_score(test_labels, model.predict_proba(test_values)[:, 1])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({
    "name": name, "version": sys.version.split()[0], "cpuSeconds": cpu, "wallSeconds": wall, "auc": auc,
    "peakMiB": peak, "idleMiB": idle,
}))
