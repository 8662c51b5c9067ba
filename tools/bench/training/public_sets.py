"""The data sets that come with scikit-learn, as two classes, and what the peers make of them.

public_sets.py export <folder>: writes values and labels, prints what there is.
public_sets.py score <folder>:  reads the orders that were written meanwhile, prints the areas under curve by peer.
"""

import json
import sys

import numpy as np
from sklearn import datasets
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier

action, folder = sys.argv[1:3]


def load():
    cancer, digits, wine = datasets.load_breast_cancer(), datasets.load_digits(), datasets.load_wine()
    diabetes, iris = datasets.load_diabetes(scaled=False), datasets.load_iris()
    return {
        "breast cancer: benign": (cancer.data, cancer.target == 1),
        "digits: odd": (digits.data, digits.target % 2 == 1),
        "digits: 5 and more": (digits.data, digits.target >= 5),
        "diabetes: above the median": (diabetes.data, diabetes.target > np.median(diabetes.target)),
        "wine: second cultivar": (wine.data, wine.target == 1),
        "iris: versicolor": (iris.data, iris.target == 1),
    }


PEERS = {
    "HistGradientBoosting": lambda seed: HistGradientBoostingClassifier(random_state=seed),
    "XGBoost": lambda seed: XGBClassifier(n_jobs=1, random_state=seed),
    "LogisticRegression": lambda seed: make_pipeline(StandardScaler(), LogisticRegression(max_iter=10_000)),
}


def file(index, kind):
    return f"{folder}/set-{index}.{kind}"


def export():
    for i, (values, labels) in enumerate(load().values()):
        np.ascontiguousarray(values, dtype=np.float64).tofile(file(i, "values"))
        labels.astype(np.uint8).tofile(file(i, "labels"))
    return [{"name": name, "rows": len(y), "columns": x.shape[1]} for name, (x, y) in load().items()]


def score_set(index, values, labels, peer):
    orders = np.fromfile(file(index, "orders"), dtype=np.uint32).reshape(-1, len(labels))
    return [score(PEERS[peer](seed), values[order], labels[order]) for seed, order in enumerate(orders)]


def score(model, values, labels):
    trained = int(len(labels) * 0.7)
    model.fit(values[:trained], labels[:trained])
    return roc_auc_score(labels[trained:], model.predict_proba(values[trained:])[:, 1])


def score_all():
    sets = enumerate(load().values())
    return [{peer: score_set(i, values, labels.astype(int), peer) for peer in PEERS} for i, (values, labels) in sets]


print(json.dumps(export() if action == "export" else score_all()))
