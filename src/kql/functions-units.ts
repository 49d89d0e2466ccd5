import { NUMBERS } from './argument-types';
import {
  argAt,
  constantText,
  expectType,
  type Arg,
  type CallSite,
  type FunctionRule,
  type FunctionRules,
} from './sql-function';

/** How many of the first unit each unit is. What Kusto names beyond these is refused. */
type Units = Readonly<Record<string, number>>;

const ANGLES: Units = { Degree: 1, Radian: 180 / Math.PI, Arcminute: 1 / 60, Arcsecond: 1 / 3600 };

const ENERGIES: Units = {
  Joule: 1,
  Kilojoule: 1000,
  Megajoule: 1e6,
  Calorie: 4.184,
  Kilocalorie: 4184,
  WattHour: 3600,
  KilowattHour: 3.6e6,
  BritishThermalUnit: 1055.05585262,
};

const FORCES: Units = { Newton: 1, Decanewton: 10, Kilonewton: 1000, Meganewton: 1e6 };

const LENGTHS: Units = {
  Meter: 1,
  Nanometer: 1e-9,
  Micrometer: 1e-6,
  Millimeter: 1e-3,
  Centimeter: 1e-2,
  Decimeter: 1e-1,
  Decameter: 10,
  Hectometer: 100,
  Kilometer: 1000,
  Inch: 0.0254,
  Foot: 0.3048,
  Yard: 0.9144,
  Mile: 1609.344,
  NauticalMile: 1852,
};

const MASSES: Units = {
  Kilogram: 1,
  Milligram: 1e-6,
  Gram: 1e-3,
  Tonne: 1000,
  Ounce: 0.028349523125,
  Pound: 0.45359237,
};

const SPEEDS: Units = {
  MeterPerSecond: 1,
  CentimeterPerHour: 0.01 / 3600,
  KilometerPerHour: 1 / 3.6,
  FootPerSecond: 0.3048,
  MilePerHour: 0.44704,
  Knot: 1852 / 3600,
};

const VOLUMES: Units = { CubicMeter: 1, Liter: 1e-3, Milliliter: 1e-6, AcreFoot: 1 / 0.000810714 };

/** Conversions between units of measure. */
export const UNIT_RULES: FunctionRules = {
  convert_angle: between(ANGLES),
  convert_energy: between(ENERGIES),
  convert_force: between(FORCES),
  convert_length: between(LENGTHS),
  convert_mass: between(MASSES),
  convert_speed: between(SPEEDS),
  convert_volume: between(VOLUMES),
  convert_temperature: { args: [3, 3], sql: convertTemperature },
};

function between(units: Units): FunctionRule {
  return {
    args: [3, 3],
    sql: (args, call) => {
      const [from, to] = [1, 2].map((i) => units[constantText(args, i, call)]);
      if (from === undefined || to === undefined) throw call.refuse(`'${call.name}' of this unit`);
      return `(${numberOf(args, call)} * CAST('${from}' AS DOUBLE) / CAST('${to}' AS DOUBLE))`;
    },
  };
}

/** Fahrenheit is refused: its fractions show how an engine rounds. */
function convertTemperature(args: readonly Arg[], call: CallSite): string {
  const offsets: Units = { Kelvin: 0, DegreeCelsius: 273.15 };
  const [from, to] = [1, 2].map((i) => offsets[constantText(args, i, call)]);
  if (from === undefined || to === undefined) throw call.refuse(`'${call.name}' of this unit`);
  return `(${numberOf(args, call)} + ${from}::DOUBLE - ${to}::DOUBLE)`;
}

function numberOf(args: readonly Arg[], call: CallSite): string {
  return `CAST(${expectType(argAt(args, 0), NUMBERS, call)} AS DOUBLE)`;
}
