"""What does a large map look like? Made ones of 1,000 to 1,000,000 elements: arrays, N-Triples and map files.

``generate`` makes the arrays, ``write_triples`` and ``write_map_file`` write them. One seed gives one map, byte for
byte, with one major version of numpy. From a shell: ``python -m bench.generator 100000 --out FOLDER``.
"""

from bench.generator.arrays import Facts, Generated, Stated, generate
from bench.generator.map_file import LARGEST_MAP_FILE, write_map_file
from bench.generator.triples import write_triples

__all__ = ["LARGEST_MAP_FILE", "Facts", "Generated", "Stated", "generate", "write_map_file", "write_triples"]
