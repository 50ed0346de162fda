"""What students' files do besides, and what must not be taken for hostile."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.diagnosis.programs import RIGHT, at_import, judged
from tests.jail.conftest import clean, jails  # noqa: F401 (fixtures)
from tutor.diagnosis.findings import Verdict

ORDINARY = {
    "files of its own": at_import("""
        import os
        os.makedirs('out/figures', exist_ok=True)
        with open('out/log.txt', 'w') as file:
            file.write('loss')
        np.save('out/W.npy', np.zeros(3))
        W = np.load('out/W.npy')
        np.savez('params.npz', W=W)
        assert sorted(os.listdir('out')) == ['W.npy', 'figures', 'log.txt']
    """),
    "clocks and bars": at_import("""
        import time
        from tqdm import tqdm
        start = time.time()
        for i in tqdm(range(1000)):
            p = softmax(np.random.randn(2, 3))
        time.sleep(0.5)
        print(time.time() - start, time.perf_counter())
    """),
    "a main that exits": at_import("""
        import argparse, logging, sys, warnings
        logging.basicConfig(level=logging.INFO)
        warnings.filterwarnings('ignore')
        def main():
            parser = argparse.ArgumentParser()
            parser.add_argument('--lr', type=float, default=0.1)
            logging.getLogger(__name__).info('lr %s', parser.parse_args().lr)
            warnings.warn('slow')
            return 0
        if __name__ == "__main__":
            sys.exit(main())
    """),
    "a main that wants arguments": at_import("""
        import argparse
        if __name__ == "__main__":
            parser = argparse.ArgumentParser()
            parser.add_argument('data')
            args = parser.parse_args()
            print(args.data)
    """),
    "plots": at_import("""
        import matplotlib.pyplot as plt
        figure, axes = plt.subplots(1, 2, figsize=(8, 3))
        axes[0].plot(np.arange(3), np.arange(3))
        axes[1].imshow(np.eye(3))
        plt.savefig('loss.png')
        plt.show()
        plt.pause(0.1)
    """),
    "imports that are not used": "import multiprocessing, socket, subprocess, threading, ctypes\n"
    + "from concurrent.futures import ProcessPoolExecutor\n"
    + RIGHT,
    "classes of data": "from __future__ import annotations\n"
    + RIGHT
    + """
from dataclasses import dataclass, field
from enum import Enum
from typing import Dict, List, NamedTuple, Optional
@dataclass
class Config:
    lr: float = 0.1
    sizes: List[int] = field(default_factory=lambda: [3, 4])
class Point(NamedTuple):
    x: float
    y: float = 0.0
class Mode(Enum):
    TRAIN = 1
config: Optional[Config] = Config()
found: Dict[str, Mode] = {'mode': Mode.TRAIN}
""",
    "a cache of the class": at_import("""
        class Affine:
            cache = {}
            def __init__(self, W, b):
                self.W, self.b = W, b
            def forward(self, x):
                Affine.cache[id(self)] = x
                return x @ self.W + self.b
            def backward(self, dout):
                x = Affine.cache[id(self)]
                self.dW, self.db = x.T @ dout, dout.sum(axis=0)
                return dout @ self.W.T
    """),
    "scikit-learn and pandas": at_import("""
        import pandas as pd
        from sklearn import datasets
        from sklearn.model_selection import train_test_split
        from sklearn.preprocessing import StandardScaler
        iris = datasets.load_iris()
        X, y = StandardScaler().fit_transform(iris.data), iris['target']
        x_train, x_test, t_train, t_test = train_test_split(X, y, test_size=0.2, random_state=0)
        assert (x_train.shape, t_test.shape) == ((120, 4), (30,))
        assert abs(X.mean()) < 1e-9 and abs(X.std() - 1) < 1e-9
        table = pd.DataFrame({'loss': [1, 2]})
        table.to_csv('loss.csv')
        print(table.head())
    """),
    "Keras' digits": "from tensorflow.keras.datasets import mnist\n"
    + "from tensorflow.keras.utils import to_categorical\n"
    + at_import("""
        (x_train, y_train), (x_test, y_test) = mnist.load_data()
        x_train = x_train.reshape(x_train.shape[0], 28 * 28).astype('float32') / 255
        y_train = to_categorical(y_train)
        assert x_train.shape[1:] == (784,) and y_train.shape == (len(x_train), 10)
        print(cross_entropy_error(softmax(x_train[:, :10]), y_train))
    """),
    "TensorFlow for its digits alone": "import tensorflow as tf\n"
    + at_import("(x_train, t_train), _ = tf.keras.datasets.mnist.load_data()"),
    "where it stands": at_import("""
        import os, sys
        sys.path.append('..')
        sys.path.append(os.pardir)
        if len(sys.argv) > 1:
            raise SystemExit(sys.argv)
        os.chdir(os.path.dirname(os.path.abspath(__file__)))
        os.environ['OMP_NUM_THREADS'] = '1'
    """),
}

ABSENT = {
    "MNIST over the network": at_import("""
        import gzip, os, urllib.request
        if not os.path.exists('train.gz'):
            urllib.request.urlretrieve('http://example.org/train-images.gz', 'train.gz')
        with gzip.open('train.gz') as file:
            x = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 784)
    """),
    "a table": at_import("""
        import pandas as pd
        data = np.array(pd.read_csv('train.csv'))
        m, n = data.shape
    """),
    "an index into nothing": at_import("""
        import pandas as pd
        labels = pd.read_csv('train.csv')
        rows = np.eye(3)[labels]
    """),
    "a module beside it": "from .layers import Affine\n" + RIGHT,
    "a framework": "import tensorflow as tf\n" + RIGHT + "model = tf.keras.Sequential()\n",
}


@pytest.mark.parametrize("source", ORDINARY.values(), ids=ORDINARY)
def test_ordinary_code_is_judged_as_what_it_is(source: str, clean: Path) -> None:  # noqa: F811
    found = judged(source)
    assert (found.verdict, found.notes) == (Verdict.CLEAN, ()), found.reason


@pytest.mark.parametrize("source", ABSENT.values(), ids=ABSENT)
def test_what_is_not_there_leaves_the_rest_to_be_judged(
    source: str,
    clean: Path,  # noqa: F811
) -> None:
    found = judged(source)
    assert found.verdict is Verdict.PARTIAL
    assert found.reason.startswith("What can be seen is right; ")
    assert not found.errors
